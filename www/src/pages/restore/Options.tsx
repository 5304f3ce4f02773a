import { Checkbox, Collapse, Fieldset, NumberInput, Select, SimpleGrid, Stack, TagsInput, Text, UnstyledButton } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useDisclosure } from '@mantine/hooks';
import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import type { HaltPresets } from '@/entities/settings';
import { texts } from '@/shared/texts';
import { Surface } from '@/shared/ui';
import classes from './RestorePage.module.css';
import { changedOptions } from './values';
import type { Values } from './values';

const words = texts.restore.options;
type Form = UseFormReturnType<Values>;
const HALTS = [
  ['halt_connections', words.haltConnections, words.haltShort.connections],
  ['halt_gate', words.haltGate, words.haltShort.gate],
  ['halt_webhooks', words.haltWebhooks, words.haltShort.webhooks],
] as const;
const choices = (names: Record<string, string>) => Object.entries(names).map(([value, label]) => ({ value, label }));

/** Closed at first: the usual is right for nearly everybody. */
export function Options({ form, presets }: { form: Form; presets: HaltPresets }) {
  const changed = changedOptions(form.values, presets);
  const halts = form.values.mode === 'new' ? [] : HALTS.filter(([name]) => form.values[name]).map(([, , short]) => short);
  const [isOpen, options] = useDisclosure(changed > 0);
  const Chevron = isOpen ? IconChevronDown : IconChevronRight;
  return (
    <Surface label={words.title}>
      <UnstyledButton onClick={options.toggle} aria-expanded={isOpen} className={classes.fold}>
        <Chevron size={18} aria-hidden />
        <Text fw={600} component="span">
          {words.title}
        </Text>
        <Text c="dimmed" size="sm" component="span">
          {[changed > 0 ? words.changed(changed) : words.usual, ...(halts.length > 0 ? [words.halts(halts.join(', '))] : [])].join(' · ')}
        </Text>
      </UnstyledButton>
      <Collapse in={isOpen}>
        <Stack mt="md">
          {form.values.mode !== 'new' && <Halts form={form} />}
          {form.values.mode === 'swap' && <Keeping form={form} />}
          <Loading form={form} />
        </Stack>
      </Collapse>
    </Surface>
  );
}

function Halts({ form }: { form: Form }) {
  return (
    <Fieldset legend={words.halt}>
      <Stack gap="xs">
        {HALTS.map(([name, label]) => (
          <Checkbox key={name} label={label} {...form.getInputProps(name, { type: 'checkbox' })} />
        ))}
        <Text size="sm" c="dimmed">
          {words.haltHint}
        </Text>
      </Stack>
    </Fieldset>
  );
}

function Keeping({ form }: { form: Form }) {
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <NumberInput label={words.keep} description={words.keepHint} suffix={words.hours} clampBehavior="none" {...form.getInputProps('keep_hours')} />
      <Select label={words.safety} description=" " data={choices(words.safetyValues)} allowDeselect={false} {...form.getInputProps('safety')} />
    </SimpleGrid>
  );
}

function Loading({ form }: { form: Form }) {
  return (
    <>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Select label={words.proof} description=" " data={choices(words.proofValues)} allowDeselect={false} {...form.getInputProps('proof')} />
        <NumberInput label={words.jobs} description={words.jobsHint} clampBehavior="none" allowDecimal={false} {...form.getInputProps('jobs')} />
        <TagsInput label={words.tables} description={words.tablesHint} {...form.getInputProps('tables')} />
        <TagsInput label={words.exclude} description={words.tablesHint} {...form.getInputProps('exclude_tables')} />
      </SimpleGrid>
      <Checkbox label={words.owner} description={words.ownerHint} {...form.getInputProps('no_owner', { type: 'checkbox' })} />
      <Checkbox label={words.privileges} {...form.getInputProps('no_privileges', { type: 'checkbox' })} />
      <Checkbox label={words.roles} description={words.rolesHint} {...form.getInputProps('create_roles', { type: 'checkbox' })} />
    </>
  );
}
