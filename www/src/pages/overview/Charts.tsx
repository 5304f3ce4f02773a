import { Group, Select, Skeleton, Title } from '@mantine/core';
import { useState } from 'react';
import { useBackupHistory, useRecentBackups } from '@/entities/backup';
import type { Database } from '@/entities/database';
import { SizeChart } from '@/features/size-chart';
import { texts } from '@/shared/texts';
import { Surface, WhenSeen } from '@/shared/ui';

const words = texts.overview.chart;
const ALL = '';
const HEIGHT = 300;
const POLL_MS = 300_000; // the end of a job asks anew, too

/**
 * Size and duration over time: of one database, or of all of them by day. The sums of all are drawn only where all of
 * their backups are known: else it begins with the largest database.
 */
export function Charts({ databases }: { databases: readonly Database[] }) {
  return (
    <Surface label={words.title}>
      <WhenSeen height={HEIGHT} before={<Title order={2}>{words.title}</Title>}>
        <Chart databases={databases} />
      </WhenSeen>
    </Surface>
  );
}

function Chart({ databases }: { databases: readonly Database[] }) {
  const recent = useRecentBackups(POLL_MS).data;
  const [picked, setPicked] = useState<string | null>(null);
  const hasAll = recent?.isAll === true && databases.length > 1;
  const largest = databases.reduce((one, other) => ((other.last_good_bytes ?? 0) > (one.last_good_bytes ?? 0) ? other : one));
  const chosen = picked ?? (recent === undefined ? undefined : hasAll ? ALL : largest.id);
  const history = useBackupHistory(chosen === ALL ? undefined : chosen, 100).data;
  const backups = chosen === ALL ? recent?.items : history;
  const name = databases.find(({ id }) => id === chosen)?.name ?? words.all;
  const options = databases.map(({ id, name: text, server_name }) => ({ value: id, label: `${text} (${server_name})` }));
  return (
    <>
      <Group justify="space-between" align="flex-end" mb="md">
        <Title order={2}>{words.title}</Title>
        {databases.length > 1 && (
          <Select
            label={words.database}
            data={hasAll ? [{ value: ALL, label: words.all }, ...options] : options}
            value={chosen ?? null}
            onChange={(value) => {
              setPicked(value);
            }}
            allowDeselect={false}
            searchable
            limit={50}
            w={{ base: '100%', sm: '18rem' }}
          />
        )}
      </Group>
      {backups ? <SizeChart backups={backups} name={name} byDay={chosen === ALL} /> : <Skeleton h={200} />}
    </>
  );
}
