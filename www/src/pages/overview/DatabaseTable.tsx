import { Anchor, Text, Title } from '@mantine/core';
import { Link } from 'react-router-dom';
import { ProofStatus, useBackupHistory, useRecentBackups } from '@/entities/backup';
import type { Backup } from '@/entities/backup';
import { DatabaseStatus } from '@/entities/database';
import type { Database } from '@/entities/database';
import { nextRun, useAllSchedules } from '@/entities/schedule';
import { useListState, useLocalList } from '@/shared/api';
import { size } from '@/shared/lib/units';
import { texts } from '@/shared/texts';
import { ClearFilters, DataTable, Size, Sparkline, TableFilter, TableSearch, When } from '@/shared/ui';
import type { Column } from '@/shared/ui';
import { byName, byUrgency } from './order';

const words = texts.overview.databases;
const POINTS = 12;

/** What a row shows beside the database itself. */
interface Row extends Database {
  next: string | null;
}

/** Every database, those with an alarm first; a page of them at a time. */
export function DatabaseTable({ databases }: { databases: readonly Database[] }) {
  const state = useListState({ sort: 'state', filters: ['state', 'server'] });
  const schedules = useAllSchedules().data ?? [];
  const rows = databases.map((database): Row => ({ ...database, next: nextRun(schedules, database) }));
  const list = useLocalList<Row>({ data: rows, isPending: false, error: null, refetch: () => undefined }, state, {
    textOf: (row) => `${row.name} ${row.server_name}`,
    isWithin,
    orders: { state: byUrgency, name: byName, last_good_at: byTime('last_good_at'), size: (one, other) => (one.last_good_bytes ?? -1) - (other.last_good_bytes ?? -1), next: byTime('next') },
  });
  const known = useKnown();
  const servers = [...new Map(databases.map((each) => [each.server_id, each.server_name]))].map(([value, label]) => ({ value, label }));
  return (
    <section>
      <Title order={2} mb="sm">
        {words.title}
      </Title>
      <DataTable
        label={words.title}
        columns={columns(known)}
        list={list}
        nameOf={(row) => row.name}
        empty={null}
        toolbar={
          <>
            <TableSearch state={state} />
            <TableFilter state={state} name="state" label={words.filter} options={Object.entries(words.options).map(([value, label]) => ({ value, label }))} />
            {servers.length > 1 && <TableFilter state={state} name="server" label={words.server} options={servers} />}
            <ClearFilters state={state} />
          </>
        }
      />
    </section>
  );
}

function isWithin(row: Row, filters: Record<string, string>): boolean {
  if (filters.server && row.server_id !== filters.server) return false;
  if (filters.state === 'alarm') return row.alarm;
  if (filters.state === 'protected') return !row.alarm;
  return filters.state !== 'no-schedule' || row.next === null;
}

const byTime = (name: 'last_good_at' | 'next') => (one: Row, other: Row) => (one[name] ?? '').localeCompare(other[name] ?? '');

/** The backups of a database, if those of all are known already; undefined: each row asks for its own. */
function useKnown(): ((id: string) => readonly Backup[]) | undefined {
  const recent = useRecentBackups();
  if (recent.isPending) return () => [];
  if (!recent.data?.isAll) return undefined;
  const known = new Map<string, Backup[]>();
  for (const backup of recent.data.items) {
    if (!backup.database_id) continue;
    const its = known.get(backup.database_id);
    if (its) its.push(backup);
    else known.set(backup.database_id, [backup]);
  }
  return (id) => known.get(id) ?? [];
}

function columns(known: ReturnType<typeof useKnown>): readonly Column<Row>[] {
  return [
    {
      key: 'name',
      title: words.columns.name,
      sort: 'name',
      cell: (row) => (
        <>
          <Anchor component={Link} to={`/databases/${row.id}`}>
            {row.name}
          </Anchor>
          <Text size="xs" c="dimmed" fw={400}>
            {row.server_name}
          </Text>
        </>
      ),
    },
    { key: 'state', title: words.columns.state, sort: 'state', cell: (row) => <DatabaseStatus database={row} plain /> },
    { key: 'good', title: words.columns.lastGood, sort: 'last_good_at', cell: (row) => <When at={row.last_good_at} /> },
    { key: 'size', title: words.columns.size, sort: 'size', align: 'right', cell: (row) => <Size bytes={row.last_good_bytes} /> },
    { key: 'trend', title: words.columns.trend, cell: (row) => <Trend row={row} known={known?.(row.id)} /> },
    { key: 'next', title: words.columns.next, sort: 'next', cell: (row) => <When at={row.next} none={words.noSchedule} /> },
    { key: 'proof', title: words.columns.proof, cell: (row) => <Proof row={row} known={known?.(row.id)} /> },
  ];
}

interface CellProps {
  row: Row;
  known: readonly Backup[] | undefined;
}

function useHistory({ row, known }: CellProps): readonly Backup[] {
  const asked = useBackupHistory(known ? undefined : row.id, POINTS).data;
  return (known ?? asked ?? []).slice(0, POINTS);
}

function Trend(props: CellProps) {
  const sizes = useHistory(props)
    .filter(({ state }) => state === 'good')
    .map(({ size_bytes }) => size_bytes)
    .reverse();
  if (sizes.length < 2) return <span title={words.trendShort}>–</span>;
  return <Sparkline values={sizes} label={words.trend(props.row.name, size(sizes.at(0) ?? 0), size(sizes.at(-1) ?? 0), sizes.length)} />;
}

function Proof(props: CellProps) {
  const proof = useHistory(props).find(({ id }) => id === props.row.last_good_backup_id)?.proof;
  return proof ? <ProofStatus proof={proof} plain /> : <>{words.noProof}</>;
}
