import { Anchor, Text, Title } from '@mantine/core';
import { Link } from 'react-router-dom';
import { ProofStatus } from '@/entities/backup';
import { DatabaseStatus, isProtected } from '@/entities/database';
import type { Database } from '@/entities/database';
import { useListState, useLocalList } from '@/shared/api';
import { size } from '@/shared/lib/units';
import { texts } from '@/shared/texts';
import { ClearFilters, DataTable, Size, Sparkline, TableFilter, TableSearch, When } from '@/shared/ui';
import type { Column } from '@/shared/ui';
import { byName, byUrgency } from './order';

const words = texts.overview.databases;

/** Every database, those with an alarm first; a page of them at a time. */
export function DatabaseTable({ databases }: { databases: readonly Database[] }) {
  const state = useListState({ sort: 'state', filters: ['state', 'server'] });
  const list = useLocalList<Database>({ data: databases, isPending: false, error: null, refetch: () => undefined }, state, {
    textOf: (row) => `${row.name} ${row.server_name}`,
    isWithin,
    orders: { state: byUrgency, name: byName, last_good_at: byTime('last_good_at'), size: (one, other) => (one.last_good_bytes ?? -1) - (other.last_good_bytes ?? -1), next: byTime('next_run_at') },
  });
  const servers = [...new Map(databases.map((each) => [each.server_id, each.server_name]))].map(([value, label]) => ({ value, label }));
  return (
    <section>
      <Title order={2} mb="sm">
        {words.title}
      </Title>
      <DataTable
        label={words.title}
        columns={columns}
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

function isWithin(row: Database, filters: Record<string, string>): boolean {
  if (filters.server && row.server_id !== filters.server) return false;
  if (filters.state === 'alarm') return row.alarm;
  if (filters.state === 'protected') return isProtected(row);
  return filters.state !== 'no-schedule' || row.next_run_at === null;
}

const byTime = (name: 'last_good_at' | 'next_run_at') => (one: Database, other: Database) => (one[name] ?? '').localeCompare(other[name] ?? '');

const columns: readonly Column<Database>[] = [
  {
    key: 'name',
    title: words.columns.name,
    sort: 'name',
    cell: (row) => (
      <>
        <div>
          <Anchor component={Link} to={`/databases/${row.id}`}>
            {row.name}
          </Anchor>
        </div>
        <Text size="xs" c="dimmed" fw={400}>
          {row.server_name}
        </Text>
      </>
    ),
  },
  { key: 'state', title: words.columns.state, sort: 'state', cell: (row) => <DatabaseStatus database={row} plain /> },
  { key: 'good', title: words.columns.lastGood, sort: 'last_good_at', cell: (row) => <When at={row.last_good_at} /> },
  { key: 'size', title: words.columns.size, sort: 'size', align: 'right', cell: (row) => <Size bytes={row.last_good_bytes} /> },
  { key: 'trend', title: words.columns.trend, cell: (row) => <Trend database={row} /> },
  { key: 'next', title: words.columns.next, sort: 'next', cell: (row) => <When at={row.next_run_at} none={words.noSchedule} /> },
  { key: 'proof', title: words.columns.proof, cell: (row) => (row.last_good_proof ? <ProofStatus proof={row.last_good_proof} plain /> : words.noProof) },
];

function Trend({ database }: { database: Database }) {
  const sizes = database.trend.map(({ size_bytes }) => size_bytes);
  if (sizes.length < 2) return <span title={words.trendShort}>–</span>;
  return <Sparkline values={sizes} label={words.trend(database.name, size(sizes.at(0) ?? 0), size(sizes.at(-1) ?? 0), sizes.length)} />;
}
