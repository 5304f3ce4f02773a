import { SimpleGrid, Skeleton, Stack, TagsInput, Text, Title } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { Link } from 'react-router-dom';
import { useMay } from '@/entities/me';
import { tickOf } from '@/entities/migration';
import type { Values } from '@/entities/migration';
import { count, counted } from '@/shared/lib/units';
import { migrations } from '@/shared/texts/migrations';
import { Surface, TableTicks } from '@/shared/ui';
import { useTables } from './useTables';
import type { Tables } from './useTables';

const words = migrations.what;

function statusOf(tables: Tables, excluded: readonly string[]): string {
  const listed = tables.items.map(tickOf);
  const out = listed.filter(({ value }) => excluded.includes(value)).length;
  return [...(out > 0 ? [words.out(counted(out, 'table'))] : []), ...(tables.count > listed.length ? [words.more(count(listed.length), count(tables.count))] : [])].join(' ');
}

/** All tables, but for those that are taken out: by a tick, or by a pattern. */
export function TableChoice({ form }: { form: UseFormReturnType<Values> }) {
  const { tables, isLoading } = useTables(form.values);
  const isAdministrator = useMay('administrator');
  const excluded = form.values.exclude_tables;
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
            label={words.tables}
            tick={words.moves}
            tickOf={words.move}
            tables={tables.items.map(tickOf)}
            isTicked={(pattern) => !excluded.includes(pattern)}
            onTick={(pattern, isTicked) => {
              form.setFieldValue('exclude_tables', isTicked ? excluded.filter((each) => each !== pattern) : [...excluded, pattern]);
            }}
            isCounted={tables.isCounted}
            status={statusOf(tables, excluded)}
          />
        )}
        {isAdministrator && !isBackup && form.values.database_id && excluded.length > 0 && (
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
