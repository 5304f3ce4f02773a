import { Group, Select, Skeleton, Title } from '@mantine/core';
import { useState } from 'react';
import { useBackupHistories, useRecentBackups } from '@/entities/backup';
import type { Database } from '@/entities/database';
import { SizeChart } from '@/features/size-chart';
import { texts } from '@/shared/texts';
import { Surface } from '@/shared/ui';

const words = texts.overview.chart;
const ALL = '';

/** Size and duration over time: of one database, or of all of them by day. */
export function Charts({ databases }: { databases: readonly Database[] }) {
  const [chosen, setChosen] = useState(databases.length === 1 ? (databases[0]?.id ?? ALL) : ALL);
  const recent = useRecentBackups().data?.items;
  const history = useBackupHistories(chosen === ALL ? [] : [chosen], 100).get(chosen);
  const backups = chosen === ALL ? recent : history;
  const name = databases.find(({ id }) => id === chosen)?.name ?? words.all;
  return (
    <Surface label={words.title}>
      <Group justify="space-between" align="flex-end" mb="md">
        <Title order={2}>{words.title}</Title>
        {databases.length > 1 && (
          <Select
            label={words.database}
            data={[{ value: ALL, label: words.all }, ...databases.map(({ id, name: text, server_name }) => ({ value: id, label: `${text} (${server_name})` }))]}
            value={chosen}
            onChange={(value) => {
              setChosen(value ?? ALL);
            }}
            allowDeselect={false}
            searchable
            limit={50}
            w={{ base: '100%', sm: '18rem' }}
          />
        )}
      </Group>
      {backups ? <SizeChart backups={backups} name={name} byDay={chosen === ALL} /> : <Skeleton h={200} />}
    </Surface>
  );
}
