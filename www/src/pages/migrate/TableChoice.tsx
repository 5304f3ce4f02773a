import { SimpleGrid, Skeleton, Stack, TagsInput, Text, Title } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useLive } from '@/entities/database';
import type { Values } from '@/entities/migration';
import { migrations } from '@/shared/texts/migrations';
import { Surface } from '@/shared/ui';
import { TableTicks } from './TableTicks';

const words = migrations.what;

/** All tables, but for those that are taken out: by a tick, or by a pattern. */
export function TableChoice({ form }: { form: UseFormReturnType<Values> }) {
  const live = useLive(form.values.database_id ?? undefined);
  return (
    <Surface label={words.tables}>
      <Title order={2}>{words.tables}</Title>
      <Text c="dimmed" size="sm" mb="sm">
        {words.tablesHint}
      </Text>
      <Stack>
        {live.isLoading && (
          <div role="status">
            <Text c="dimmed">{words.asking}</Text>
            <Skeleton h={120} />
          </div>
        )}
        {(live.isError || live.data?.exists === false) && <Text>{words.notAsked}</Text>}
        {live.data && live.data.items.length > 0 && (
          <TableTicks
            live={live.data}
            excluded={form.values.exclude_tables}
            onExclude={(patterns) => {
              form.setFieldValue('exclude_tables', patterns);
            }}
          />
        )}
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TagsInput label={words.patterns} description={words.patternsHint} {...form.getInputProps('exclude_tables')} />
          <TagsInput label={words.schemas} description={words.schemasHint} {...form.getInputProps('exclude_schemas')} />
        </SimpleGrid>
      </Stack>
    </Surface>
  );
}
