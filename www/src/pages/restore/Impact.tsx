import { Skeleton, Table, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { useBackup } from '@/entities/backup';
import type { Backup } from '@/entities/backup';
import { useLive } from '@/entities/database';
import type { Database, Live } from '@/entities/database';
import type { PreflightRequest } from '@/entities/restore';
import { local } from '@/shared/lib/time';
import { count, duration, size } from '@/shared/lib/units';
import { texts } from '@/shared/texts';
import { Surface, When } from '@/shared/ui';
import { ImpactTables } from './ImpactTables';
import classes from './RestorePage.module.css';

const words = texts.restore.impact;

function change(before: number | null | undefined, after: number): string | null {
  if (before === undefined || before === null) return null;
  const more = after - before;
  if (more === 0) return words.difference.same;
  return more > 0 ? words.difference.more(count(more)) : words.difference.less(count(-more));
}

interface ImpactProps {
  backup: Backup;
  database: Database | undefined;
  request: PreflightRequest;
}

/** What is live now against what will be. Where the server does not tell, the newest good backup stands in. */
export function Impact({ backup, database, request }: ImpactProps) {
  const isNew = request.mode === 'new';
  const asked = useLive(isNew ? undefined : database?.id);
  const live = asked.data;
  const before = useBackup(asked.isError ? (database?.last_good_backup_id ?? undefined) : undefined).data;
  const age = duration((Date.now() - Date.parse(backup.created_at)) / 1000);
  const isPart = [request.tables, request.exclude_tables, request.schemas, request.exclude_schemas].some((each) => each && each.length > 0);
  return (
    <Surface label={words.title}>
      <Title order={2} mb="sm">
        {words.title}
      </Title>
      {live?.exists === false && <Text mb="sm" fw={550}>{words.goneBody(database?.name ?? '')}</Text>}
      {asked.isLoading ? <Asking /> : <Sides backup={backup} live={live} before={before} isNew={isNew} />}
      {!isNew && <Text mt="sm">{words.lost(age)}</Text>}
      {isPart && <Text mt={4}>{words.partial}</Text>}
      {!isNew && !asked.isLoading && (
        <Text c="dimmed" size="sm" mt={4}>
          {live ? live.exists && words.hint : before ? words.hintBefore(local(before.created_at)) : words.hintNothing}
        </Text>
      )}
      {live?.exists && <ImpactTables live={live} backupId={backup.id} />}
    </Surface>
  );
}

function Asking() {
  return (
    <div role="status">
      <Text c="dimmed">{words.asking}</Text>
      <Skeleton h={150} maw="44rem" />
    </div>
  );
}

interface SidesProps {
  backup: Backup;
  live: Live | undefined;
  before: Backup | undefined;
  isNew: boolean;
}

function Sides({ backup, live, before, isNew }: SidesProps) {
  const none = isNew ? words.none : live ? words.gone : words.unknown;
  const nothing = none === words.unknown ? none : '–'; // said once
  const isLive = live?.exists === true;
  const tables = isLive ? live.tables : before?.tables;
  const liveRows = isLive ? live.rows : before?.rows;
  const rows: readonly (readonly [string, ReactNode, ReactNode, string | null])[] = [
    [words.as, isLive ? words.now : before ? <When key="live" at={before.created_at} as="local" /> : none, <When key="at" at={backup.created_at} as="local" />, null],
    [words.tables, typeof tables === 'number' ? count(tables) : nothing, count(backup.tables), change(tables, backup.tables)],
    [words.rows, typeof liveRows === 'number' ? (isLive ? words.about(count(liveRows)) : count(liveRows)) : nothing, count(backup.rows), change(liveRows, backup.rows)],
    [words.size, isLive ? words.onDisk(size(live.size_bytes ?? 0)) : before ? words.ofRows(size(before.raw_bytes)) : nothing, words.ofRows(size(backup.raw_bytes)), null],
  ];
  return (
    <Table aria-label={words.title} className={classes.impact} layout="fixed">
      <Table.Thead>
        <Table.Tr>
          <Table.Th scope="col">{words.of}</Table.Th>
          <Table.Th scope="col">{isLive || isNew ? words.live : words.liveBefore}</Table.Th>
          <Table.Th scope="col">{words.coming}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map(([name, was, after, difference]) => (
          <Table.Tr key={name}>
            <Table.Th scope="row">{name}</Table.Th>
            <Table.Td>{was}</Table.Td>
            <Table.Td>
              <strong>{after}</strong>
              {difference && <small className={classes.difference}>{difference}</small>}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}
