import { Radio, Select, Stack, Text, Title } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import type { ReactNode } from 'react';
import { useAllBackups } from '@/entities/backup';
import type { Source, Values } from '@/entities/migration';
import { local } from '@/shared/lib/time';
import { size } from '@/shared/lib/units';
import { migrations } from '@/shared/texts/migrations';
import { Surface } from '@/shared/ui';
import type { Ends } from './useEnds';

const words = migrations.ends;
const SOURCES: readonly Source[] = ['live', 'backup'];
type Form = UseFormReturnType<Values>;

/** What is read: a live database, or a backup in a database of its own. */
export function SourceChoice({ form, ends, children }: { form: Form; ends: Ends; children: ReactNode }) {
  const { from } = form.values;
  return (
    <Surface label={words.source}>
      <Title order={2} mb="sm">
        {words.source}
      </Title>
      <Stack>
        <Radio.Group
          aria-label={words.source}
          value={from}
          onChange={(chosen) => {
            form.setFieldValue('from', chosen as Source);
          }}
        >
          <Stack gap="sm">
            {SOURCES.map((source) => (
              <Radio key={source} value={source} label={words.read[source].title} description={words.read[source].body} />
            ))}
          </Stack>
        </Radio.Group>
        {from === 'live' ? (
          <Select
            label={words.database}
            data={ends.databases.map(({ id, name, server_name }) => ({ value: id, label: `${name} (${server_name})` }))}
            searchable
            maw="28rem"
            {...form.getInputProps('database_id')}
          />
        ) : (
          <BackupChoice form={form} ends={ends} />
        )}
        {children}
      </Stack>
    </Surface>
  );
}

function BackupChoice({ form, ends }: { form: Form; ends: Ends }) {
  const backups = useAllBackups().data;
  const good = (backups ?? []).filter(({ state }) => state === 'good');
  if (backups && good.length === 0) return <Text c="var(--hf-warn)">{words.backupNone}</Text>;
  return (
    <>
      <Select
        label={words.backup}
        data={good.map(({ id, name, database_name, created_at, size_bytes }) => ({ value: id, label: words.backupOf(database_name || name, local(created_at), size(size_bytes)) }))}
        searchable
        maw="34rem"
        {...form.getInputProps('source_backup_id')}
      />
      {form.values.target === 'sql-server' && (
        <Select
          label={words.scratch}
          description={words.scratchHint}
          data={ends.servers.map(({ id, name }) => ({ value: id, label: name }))}
          maw="28rem"
          {...form.getInputProps('scratch_server_id')}
        />
      )}
    </>
  );
}
