import { Fieldset, Group, MultiSelect, NumberInput, Select, SegmentedControl, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { covers } from '@/entities/schedule';
import { texts } from '@/shared/texts';
import { NextRuns } from './NextRuns';
import type { Choices } from './useChoices';
import type { Values } from './values';
import classes from './Schedule.module.css';

const words = texts.schedules.form;

export interface SectionProps {
  form: UseFormReturnType<Values>;
  choices: Choices;
}

const options = (things: readonly { id: string; name: string }[]) => things.map(({ id, name }) => ({ value: id, label: name }));

export function What({ form, choices }: SectionProps) {
  const { what, server_id, database_pattern } = form.values;
  const matching = choices.databases.filter((database) => covers({ database_ids: [], server_id, database_pattern }, database)).length;
  return (
    <Fieldset legend={words.what} className={classes.section}>
      <Stack gap="sm">
        <SegmentedControl
          aria-label={words.what}
          data={[
            { value: 'chosen', label: words.chosen },
            { value: 'pattern', label: words.pattern },
          ]}
          {...form.getInputProps('what')}
        />
        {what === 'chosen' ? (
          <MultiSelect label={words.databases} searchable hidePickedOptions limit={50} data={choices.databaseOptions} {...form.getInputProps('database_ids')} />
        ) : (
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <Select label={words.server} searchable data={options(choices.servers)} {...form.getInputProps('server_id')} />
            <TextInput
              label={words.patternLabel}
              description={server_id ? words.matches(matching) : words.patternHint}
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              spellCheck={false}
              {...form.getInputProps('database_pattern')}
            />
          </SimpleGrid>
        )}
      </Stack>
    </Fieldset>
  );
}

const OFTEN = [
  ...Object.entries(words.intervals).map(([value, label]) => ({ value, label })),
  { value: 'own', label: words.own },
  { value: 'cron', label: words.custom },
];
let zones: string[] | undefined;
const allZones = () => (zones ??= [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])]);

export function Often({ form, startsAt, isActive }: { form: UseFormReturnType<Values>; startsAt: string | undefined; isActive: boolean }) {
  const { often, time_zone } = form.values;
  const isValid = !form.isTouched() || !['hours', 'cron', 'time_zone'].some((field) => form.errors[field]);
  return (
    <Fieldset legend={words.howOften} className={classes.section}>
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Select label={words.often} allowDeselect={false} data={OFTEN} {...form.getInputProps('often')} />
          {often === 'own' && <NumberInput label={words.hours} min={1} max={8784} {...form.getInputProps('hours')} />}
        </SimpleGrid>
        {often === 'cron' && (
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput label={words.cron} description={words.cronHint} inputWrapperOrder={['label', 'input', 'description', 'error']} spellCheck={false} autoComplete="off" {...form.getInputProps('cron')} />
            <Select label={words.zone} searchable limit={60} data={allZones().includes(time_zone) ? allZones() : [time_zone, ...allZones()]} {...form.getInputProps('time_zone')} />
          </SimpleGrid>
        )}
        <NextRuns values={form.values} startsAt={startsAt} isActive={isActive} isValid={isValid && form.isValid('cron') && form.isValid('hours') && form.isValid('time_zone')} />
      </Stack>
    </Fieldset>
  );
}

export function Keep({ form }: { form: UseFormReturnType<Values> }) {
  return (
    <Fieldset legend={words.keep} className={classes.section}>
      <Group grow align="flex-start">
        <NumberInput label={words.keepCount} suffix=" backups" min={1} max={100_000} allowDecimal={false} {...form.getInputProps('keep_count')} />
        <NumberInput label={words.keepDays} suffix=" days" min={1} max={36_500} allowDecimal={false} {...form.getInputProps('keep_days')} />
      </Group>
      <Text size="sm" c="dimmed" mt="xs">
        {words.keepHint}
      </Text>
    </Fieldset>
  );
}

export function Where({ form, choices }: SectionProps) {
  const { prefix, database_ids } = form.values;
  const database = choices.databases.find(({ id }) => id === database_ids[0])?.name ?? 'shop';
  return (
    <Fieldset legend={words.where} className={classes.section}>
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Select label={words.storage} data={options(choices.storages)} {...form.getInputProps('storage_id')} />
          <TextInput label={words.folder} description={words.folderHint} inputWrapperOrder={['label', 'input', 'description', 'error']} spellCheck={false} {...form.getInputProps('folder')} />
        </SimpleGrid>
        <TextInput
          label={words.prefix}
          description={words.prefixHint(`${prefix}${database}-20261121T033000.000Z.hf`)}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          spellCheck={false}
          {...form.getInputProps('prefix')}
        />
        <MultiSelect label={words.keys} description={words.keysHint} inputWrapperOrder={['label', 'input', 'description', 'error']} hidePickedOptions data={options(choices.keys)} {...form.getInputProps('key_ids')} />
      </Stack>
    </Fieldset>
  );
}

export function General({ form }: { form: UseFormReturnType<Values> }) {
  return (
    <Fieldset legend={words.general} className={classes.section}>
      <Stack gap="sm">
        <TextInput label={words.name} autoComplete="off" {...form.getInputProps('name')} />
        <Textarea label={words.description} autosize minRows={1} maxRows={6} {...form.getInputProps('description')} />
      </Stack>
    </Fieldset>
  );
}
