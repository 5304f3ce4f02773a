import { Anchor, Button } from '@mantine/core';
import { IconEye, IconListDetails } from '@tabler/icons-react';
import { Link, useNavigate } from 'react-router-dom';
import { useAllDatabases } from '@/entities/database';
import { JobStatus } from '@/entities/job';
import { useBackupsOfLog, useLogPage } from '@/entities/log';
import type { LogEntry } from '@/entities/log';
import { useMay } from '@/entities/me';
import { useAllSchedules } from '@/entities/schedule';
import { SelectedBackups, useBackupActions } from '@/features/backup';
import { useListState } from '@/shared/api';
import { texts } from '@/shared/texts';
import { logs as logTexts } from '@/shared/texts/logs';
import { ClearFilters, DataTable, EmptyState, Size, TableDays, TableFilter, TableSearch, useSelection, When } from '@/shared/ui';
import type { Column } from '@/shared/ui';
import { Proof } from './cells';

const words = logTexts;
const options = (names: Record<string, string>) => Object.entries(names).map(([value, label]) => ({ value, label }));
const named = (things: readonly { id: string; name: string }[] | undefined) => (things ?? []).map(({ id, name }) => ({ value: id, label: name }));
const nameOf = (entry: LogEntry) => entry.name || words.unnamed(words.type[entry.type] ?? entry.type, entry.database_name);
/** What it has made: a restore's backup is what it was made of. */
const made = (entry: LogEntry) => (entry.type === 'backup' ? entry.backup : null);
const hasEnded = ({ outcome }: LogEntry) => outcome !== 'queued' && outcome !== 'running';

const columns: readonly Column<LogEntry>[] = [
  {
    key: 'name',
    title: words.columns.name,
    sort: 'name',
    cell: (entry) => (
      <Anchor component={Link} to={`/logs/${entry.id}`}>
        {nameOf(entry)}
      </Anchor>
    ),
  },
  { key: 'at', title: words.columns.at, sort: 'created_at', cell: (entry) => <When at={entry.created_at} as="local" /> },
  { key: 'type', title: words.columns.type, sort: 'type', cell: (entry) => words.type[entry.type] ?? entry.type },
  { key: 'database', title: words.columns.database, cell: (entry) => entry.database_name || '–' },
  { key: 'by', title: words.columns.by, cell: (entry) => entry.created_by },
  { key: 'size', title: words.columns.size, sort: 'size_bytes', align: 'right', cell: (entry) => <Size bytes={entry.size_bytes} /> },
  { key: 'outcome', title: words.columns.outcome, cell: (entry) => <JobStatus state={entry.outcome} plain /> },
  { key: 'proof', title: words.columns.proof, cell: (entry) => <Proof backup={made(entry)} /> },
];

/** Every backup and restore; pages, order, filters and search are the server's. */
export function LogTable() {
  const state = useListState({ sort: '-created_at', filters: ['type', 'outcome', 'database_id', 'schedule_id', 'since', 'until'] });
  const list = useLogPage(state);
  const selection = useSelection<LogEntry>();
  const chosen = useBackupsOfLog(selection.rows);
  const [databases, schedules] = [useAllDatabases().data, useAllSchedules().data];
  const may = useMay('operator');
  const actions = useBackupActions();
  const navigate = useNavigate();
  const whyNone = (entry: LogEntry) => (!hasEnded(entry) ? words.cannot.running : entry.type === 'restore' ? words.cannot.restore : undefined);
  return (
    <>
      <DataTable
        label={words.views.log}
        columns={columns}
        list={list}
        nameOf={nameOf}
        selection={may ? selection : undefined}
        actions={(entry) => [
          { label: words.actions.view, icon: <IconEye size={16} aria-hidden />, onClick: () => void navigate(`/logs/${entry.id}`) },
          ...actions.of(made(entry), whyNone(entry)),
        ]}
        toolbar={
          <>
            <TableSearch state={state} />
            <TableFilter state={state} name="type" label={words.columns.type} options={options(words.type)} />
            <TableFilter state={state} name="outcome" label={words.columns.outcome} options={options(texts.jobs.state)} />
            {databases && databases.length > 1 && databases.length <= 500 && <TableFilter state={state} name="database_id" label={words.columns.database} options={named(databases)} />}
            {schedules && schedules.length > 0 && <TableFilter state={state} name="schedule_id" label={words.page.facts.schedule} options={named(schedules)} />}
            <TableDays state={state} />
            <ClearFilters state={state} />
            <SelectedBackups backups={chosen} count={selection.rows.length} onClear={selection.clear} />
          </>
        }
        empty={
          <EmptyState icon={IconListDetails} title={words.empty.title} action={may && <Button component={Link} to="/backup">{words.empty.go}</Button>}>
            {words.empty.body}
          </EmptyState>
        }
      />
      {actions.dialogs}
    </>
  );
}
