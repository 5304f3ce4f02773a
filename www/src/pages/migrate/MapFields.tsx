import { ActionIcon, Button, Group, Stack, Text, TextInput, Title } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { IconPlus, IconX } from '@tabler/icons-react';
import type { Values } from '@/entities/migration';
import { migrations } from '@/shared/texts/migrations';
import { Surface } from '@/shared/ui';
import classes from './MigratePage.module.css';

const words = migrations.what;
type Form = UseFormReturnType<Values>;

/** The map: other types than those that the translation takes, of a type everywhere or of one column. */
export function MapFields({ form }: { form: Form }) {
  return (
    <Surface label={words.map}>
      <Title order={2}>{words.map}</Title>
      <Text c="dimmed" size="sm" mb="sm">
        {words.mapHint}
      </Text>
      <Stack>
        {form.values.types.map((_, at) => (
          <div key={at} className={classes.line} data-fields="2">
            <Field form={form} path={`types.${String(at)}.type`} label={words.typeFrom} />
            <Field form={form} path={`types.${String(at)}.to`} label={words.typeTo} />
            <Remove form={form} list="types" at={at} />
          </div>
        ))}
        {form.values.columns.map((_, at) => (
          <div key={at} className={classes.line}>
            <Field form={form} path={`columns.${String(at)}.table`} label={words.table} />
            <Field form={form} path={`columns.${String(at)}.column`} label={words.column} />
            <Field form={form} path={`columns.${String(at)}.to`} label={words.typeTo} />
            <Remove form={form} list="columns" at={at} />
          </div>
        ))}
        <Group gap="xs">
          <Button variant="default" size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => { form.insertListItem('types', { type: '', to: '' }); }}>
            {words.addType}
          </Button>
          <Button variant="default" size="xs" leftSection={<IconPlus size={14} aria-hidden />} onClick={() => { form.insertListItem('columns', { table: '', column: '', to: '' }); }}>
            {words.addColumn}
          </Button>
        </Group>
      </Stack>
    </Surface>
  );
}

function Field({ form, path, label }: { form: Form; path: string; label: string }) {
  return <TextInput label={label} autoComplete="off" spellCheck={false} {...form.getInputProps(path)} />;
}

function Remove({ form, list, at }: { form: Form; list: 'types' | 'columns'; at: number }) {
  const line = list === 'types' ? form.values.types[at]?.type : form.values.columns[at]?.column;
  return (
    <ActionIcon
      variant="default"
      size="lg"
      aria-label={words.remove(line?.trim() || words.line)}
      onClick={() => {
        form.removeListItem(list, at);
      }}
    >
      <IconX size={16} aria-hidden />
    </ActionIcon>
  );
}
