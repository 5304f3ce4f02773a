import { Select, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import type { Values } from '@/entities/migration';
import { migrations } from '@/shared/texts/migrations';
import { MssqlFields } from './MssqlFields';
import type { Ends } from './useEnds';
import type { Wizard } from './useWizard';

const words = migrations.ends;

/** What each sort of target is named by. */
export function TargetFields({ form, ends, wizard }: { form: UseFormReturnType<Values>; ends: Ends; wizard: Wizard }) {
  if (form.values.target === 'sql-server') return <MssqlFields form={form} servers={ends.mssqlServers} wizard={wizard} />;
  if (form.values.target === 'swap') {
    return (
      <Select
        label={words.replaced}
        data={ends.databases.filter(({ id }) => id !== form.values.database_id).map(({ id, name, server_name }) => ({ value: id, label: `${name} (${server_name})` }))}
        searchable
        maw="28rem"
        {...form.getInputProps('target_database_id')}
      />
    );
  }
  return (
    <>
      <Select label={words.server} data={ends.servers.map(({ id, name }) => ({ value: id, label: name }))} maw="28rem" {...form.getInputProps('server_id')} />
      <TextInput label={words.name} autoComplete="off" spellCheck={false} maw="28rem" {...form.getInputProps('database_name')} />
    </>
  );
}
