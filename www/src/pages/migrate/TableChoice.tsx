import { SimpleGrid, Skeleton, Stack, TagsInput, Text, Title } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { Link } from 'react-router-dom';
import { useMay } from '@/entities/me';
import type { Values } from '@/entities/migration';
import { migrations } from '@/shared/texts/migrations';
import { Surface } from '@/shared/ui';
import { TableTicks } from './TableTicks';
import { useTables } from './useTables';

const words = migrations.what;

/** All tables, but for those that are taken out: by a tick, or by a pattern. */
export function TableChoice({ form }: { form: UseFormReturnType<Values> }) {
  const { tables, isLoading } = useTables(form.values);
  const isAdministrator = useMay('administrator');
  const isBackup = form.values.from === 'backup';
  return (
    <Surface label={words.tables}>
      <Title order={2}>{words.tables}</Title>
      <Text c="dimmed" size="sm" mb="sm">
        {isBackup ? words.tablesOfBackup : words.tablesHint}
      </Text>
      <Stack>
        {isLoading && (
          <div role="status">
            <Text c="dimmed">{words.asking}</Text>
            <Skeleton h={120} />
          </div>
        )}
        {!isLoading && tables === null && <Text>{isBackup ? words.notListed : words.notAsked}</Text>}
        {tables && tables.items.length > 0 && (
          <TableTicks
            tables={tables}
            excluded={form.values.exclude_tables}
            onExclude={(patterns) => {
              form.setFieldValue('exclude_tables', patterns);
            }}
          />
        )}
        {isAdministrator && !isBackup && form.values.database_id && form.values.exclude_tables.length > 0 && (
          <Text size="sm">
            {words.exported} <Link to={`/databases/${form.values.database_id}`}>{words.exportedFrom}</Link>.
          </Text>
        )}
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TagsInput label={words.patterns} description={words.patternsHint} {...form.getInputProps('exclude_tables')} />
          <TagsInput label={words.schemas} description={words.schemasHint} {...form.getInputProps('exclude_schemas')} />
        </SimpleGrid>
      </Stack>
    </Surface>
  );
}
