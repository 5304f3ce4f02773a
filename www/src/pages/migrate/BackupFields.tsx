import { MultiSelect, NumberInput, Radio, Select, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useEffect } from 'react';
import { useBackupHistory } from '@/entities/backup';
import { FRESH_S, makesFile } from '@/entities/migration';
import type { Values } from '@/entities/migration';
import { relative } from '@/shared/lib/time';
import { texts } from '@/shared/texts';
import { migrations } from '@/shared/texts/migrations';
import { Surface } from '@/shared/ui';
import { usePlaces } from './usePlaces';

const words = migrations.what;
type Form = UseFormReturnType<Values>;
const { safety, safetyValues } = texts.restore.options;
const SAFETY = ['after', 'before', 'none'] as const;
const KINDS = ['first', 'named', 'none'] as const;
const options = (things: readonly { id: string; name: string }[]) => things.map(({ id, name }) => ({ value: id, label: name }));

/** The way back, should the migration be a mistake: a backup of the source, and what is kept of what a swap replaces. */
export function BackupFields({ form }: { form: Form }) {
  const { backup, target } = form.values;
  return (
    <Surface label={words.backup}>
      <Title order={2} mb="sm">
        {words.backup}
      </Title>
      <Stack>
        <Radio.Group aria-label={words.backup} {...form.getInputProps('backup')}>
          <Stack gap="xs">
            {KINDS.map((kind) => (
              <Radio key={kind} value={kind} label={words.backupValues[kind]} />
            ))}
          </Stack>
        </Radio.Group>
        {backup === 'named' && <Named form={form} />}
        {target === 'swap' && (
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <NumberInput label={words.keep} description={words.keepHint} suffix={words.hours} clampBehavior="none" {...form.getInputProps('keep_hours')} />
            <Select label={safety} description={words.safetyHint} data={SAFETY.map((value) => ({ value, label: safetyValues[value] }))} allowDeselect={false} {...form.getInputProps('safety')} />
          </SimpleGrid>
        )}
        {makesFile(form.values) && <Place form={form} />}
      </Stack>
    </Surface>
  );
}

/** Where there is but one storage, or one key, it is that. */
function Place({ form }: { form: Form }) {
  const { storages, keys } = usePlaces();
  const { values, setFieldValue } = form;
  useEffect(() => {
    if (values.storage_id === null && storages?.length === 1) setFieldValue('storage_id', storages[0]?.id ?? null);
    if (values.key_ids.length === 0 && keys?.length === 1) setFieldValue('key_ids', keys.map(({ id }) => id));
  }, [storages, keys, values.storage_id, values.key_ids.length, setFieldValue]);
  if (storages && keys && (storages.length === 0 || keys.length === 0)) return <Text c="var(--hf-warn)">{words.noPlace}</Text>;
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <Select label={words.storage} data={options(storages ?? [])} {...form.getInputProps('storage_id')} />
      <MultiSelect label={words.keys} hidePickedOptions data={options(keys ?? [])} {...form.getInputProps('key_ids')} />
    </SimpleGrid>
  );
}

function Named({ form }: { form: Form }) {
  const backups = useBackupHistory(form.values.database_id ?? undefined).data;
  const fresh = (backups ?? []).filter(({ state, created_at }) => state === 'good' && Date.now() - Date.parse(created_at) < FRESH_S * 1000);
  if (backups && fresh.length === 0) return <Text c="var(--hf-warn)">{words.whichNone}</Text>;
  return (
    <Select
      label={words.which}
      data={fresh.map(({ id, name, created_at }) => ({ value: id, label: `${name} (${relative(created_at)})` }))}
      maw="34rem"
      {...form.getInputProps('backup_id')}
    />
  );
}
