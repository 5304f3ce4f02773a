import { Radio, SimpleGrid, Stack, TagsInput, Text, TextInput, Title } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import type { Assessment, Values } from '@/entities/migration';
import { migrations } from '@/shared/texts/migrations';
import { Surface } from '@/shared/ui';
import { nameOf } from './columns';

const words = migrations.what;
const KEYS = ['default', 'named'] as const;

/** Columns that SQL Server keeps encrypted, and by which key. Those of the last assessment are offered. */
export function EncryptFields({ form, columns }: { form: UseFormReturnType<Values>; columns: Assessment['columns'] }) {
  const { encrypt, encryption } = form.values;
  return (
    <Surface label={words.encrypt}>
      <Title order={2}>{words.encrypt}</Title>
      <Text c="dimmed" size="sm" mb="sm">
        {words.encryptHint}
      </Text>
      <Stack>
        <TagsInput label={words.encryptColumns} description={words.encryptColumnsHint} data={columns.map(nameOf)} maw="34rem" {...form.getInputProps('encrypt')} />
        {encrypt.length > 0 && (
          <Radio.Group label={words.encryptKey} {...form.getInputProps('encryption')}>
            <Stack gap="sm" mt="xs">
              {KEYS.map((key) => (
                <Radio key={key} value={key} label={words.encryptKeys[key].title} description={words.encryptKeys[key].body} />
              ))}
            </Stack>
          </Radio.Group>
        )}
        {encrypt.length > 0 && encryption === 'named' && (
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <TextInput label={words.encryptKeyName} autoComplete="off" spellCheck={false} {...form.getInputProps('encryption_key')} />
            <TextInput label={words.encryptCertificate} autoComplete="off" spellCheck={false} {...form.getInputProps('encryption_certificate')} />
          </SimpleGrid>
        )}
      </Stack>
    </Surface>
  );
}
