import { Table, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useBackup } from '@/entities/backup';
import type { Backup } from '@/entities/backup';
import type { Database } from '@/entities/database';
import { local } from '@/shared/lib/time';
import { count, duration, size } from '@/shared/lib/units';
import { texts } from '@/shared/texts';
import { Surface, When } from '@/shared/ui';
import classes from './RestorePage.module.css';

const words = texts.restore.impact;

function change(before: number | undefined, after: number): string | null {
  if (before === undefined) return null;
  const more = after - before;
  if (more === 0) return words.difference.same;
  return more > 0 ? words.difference.more(count(more)) : words.difference.less(count(-more));
}

/** What is live now against what will be. */
export function Impact({ backup, database, isNew }: { backup: Backup; database: Database | undefined; isNew: boolean }) {
  const live = useBackup(database?.last_good_backup_id ?? undefined).data;
  const ageText = duration((Date.now() - Date.parse(backup.created_at)) / 1000);
  const none = isNew ? words.none : words.unknown;
  const rows: readonly (readonly [string, ReactNode, ReactNode, string | null])[] = [
    [words.as, live ? <When key="live" at={live.created_at} /> : none, <When key="at" at={backup.created_at} />, null],
    [words.tables, live ? count(live.tables) : none, count(backup.tables), change(live?.tables, backup.tables)],
    [words.rows, live ? count(live.rows) : none, count(backup.rows), change(live?.rows, backup.rows)],
    [words.size, live ? size(live.raw_bytes) : none, size(backup.raw_bytes), null],
  ];
  return (
    <Surface label={words.title}>
      <Title order={2} mb="sm">
        {words.title}
      </Title>
      <Table aria-label={words.title} className={classes.impact} layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">{words.of}</Table.Th>
            <Table.Th scope="col">{words.live}</Table.Th>
            <Table.Th scope="col">{words.coming}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map(([name, before, after, difference]) => (
            <Table.Tr key={name}>
              <Table.Th scope="row">{name}</Table.Th>
              <Table.Td>{before}</Table.Td>
              <Table.Td>
                <strong>{after}</strong>
                {difference && <small className={classes.difference}>{difference}</small>}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {!isNew && <Text mt="sm">{words.lost(ageText)}</Text>}
      {live && (
        <Text c="dimmed" size="sm" mt={4}>
          {words.hint(local(live.created_at))}
        </Text>
      )}
    </Surface>
  );
}
