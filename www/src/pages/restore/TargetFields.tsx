import { Select, Text, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import type { Database } from '@/entities/database';
import { texts } from '@/shared/texts';
import type { Values } from './values';

const words = texts.restore.target;

interface TargetFieldsProps {
  form: UseFormReturnType<Values>;
  databases: readonly Database[];
  servers: readonly { id: string; name: string }[];
}

export function TargetFields({ form, databases, servers }: TargetFieldsProps) {
  if (form.values.mode !== 'new') {
    return (
      <Select
        label={words.database}
        description={words.databaseHint}
        data={databases.map(({ id, name, server_name }) => ({ value: id, label: `${name} (${server_name})` }))}
        searchable
        maw="28rem"
        {...form.getInputProps('database_id')}
      />
    );
  }
  return (
    <>
      {databases.length === 0 && <Text c="dimmed">{words.none}</Text>}
      <Select label={words.server} data={servers.map(({ id, name }) => ({ value: id, label: name }))} maw="28rem" {...form.getInputProps('server_id')} />
      <TextInput label={words.name} autoComplete="off" spellCheck={false} maw="28rem" {...form.getInputProps('database_name')} />
    </>
  );
}
