import { Anchor } from '@mantine/core';
import { IconArchive, IconEye } from '@tabler/icons-react';
import { Link, useNavigate } from 'react-router-dom';
import { BackupStatus, useBackupPage } from '@/entities/backup';
import type { Backup } from '@/entities/backup';
import { useMay } from '@/entities/me';
import { useAllStorages } from '@/entities/storage';
import { SelectedBackups, useBackupActions } from '@/features/backup';
import { useListState } from '@/shared/api';
import { texts } from '@/shared/texts';
import { logs as logTexts } from '@/shared/texts/logs';
import { ClearFilters, DataTable, EmptyState, Size, TableFilter, TableSearch, useSelection, When } from '@/shared/ui';
import type { Column } from '@/shared/ui';
import { Proof } from './cells';

const words = logTexts;
const options = (names: Record<string, string>) => Object.entries(names).map(([value, label]) => ({ value, label }));
const pageOf = (backup: Backup) => `/logs/${backup.job_id ?? backup.id}`;

const columns: readonly Column<Backup>[] = [
  {
    key: 'name',
    title: words.columns.name,
    sort: 'name',
    cell: (backup) => (
      <Anchor component={Link} to={pageOf(backup)}>
        {backup.name}
      </Anchor>
    ),
  },
  { key: 'at', title: words.columns.at, sort: 'created_at', cell: (backup) => <When at={backup.created_at} as="local" /> },
  { key: 'type', title: words.columns.kind, cell: (backup) => texts.backups.type[backup.type] },
  { key: 'database', title: words.columns.database, cell: (backup) => backup.database_name || '–' },
  { key: 'size', title: words.columns.size, sort: 'size_bytes', align: 'right', cell: (backup) => <Size bytes={backup.size_bytes} /> },
  { key: 'state', title: words.columns.state, cell: (backup) => <BackupStatus backup={backup} plain /> },
  { key: 'proof', title: words.columns.proof, cell: (backup) => <Proof backup={backup} /> },
];

/** Every backup file, also those that no job here has made: uploaded ones, and what a rescan has found. */
export function FilesTable() {
  const state = useListState({ sort: '-created_at', filters: ['type', 'state', 'is_pinned', 'storage_id', 'database_id', 'schedule_id'] });
  const list = useBackupPage(state);
  const selection = useSelection<Backup>();
  const storages = useAllStorages().data ?? [];
  const may = useMay('operator');
  const actions = useBackupActions();
  const navigate = useNavigate();
  return (
    <>
      <DataTable
        label={words.views.files}
        columns={columns}
        list={list}
        nameOf={({ name }) => name}
        selection={may ? selection : undefined}
        actions={(backup) => [{ label: words.actions.view, icon: <IconEye size={16} aria-hidden />, onClick: () => void navigate(pageOf(backup)) }, ...actions.of(backup)]}
        toolbar={
          <>
            <TableSearch state={state} />
            <TableFilter state={state} name="type" label={words.columns.kind} options={options(texts.backups.type)} />
            <TableFilter state={state} name="state" label={words.columns.state} options={options(texts.backups.state)} />
            <TableFilter state={state} name="is_pinned" label={words.columns.pinned} options={options(words.pins)} />
            {storages.length > 1 && <TableFilter state={state} name="storage_id" label={words.page.facts.storage} options={storages.map(({ id, name }) => ({ value: id, label: name }))} />}
            <ClearFilters state={state} />
            <SelectedBackups backups={selection.rows} count={selection.rows.length} onClear={selection.clear} />
          </>
        }
        empty={
          <EmptyState icon={IconArchive} title={words.empty.files}>
            {words.empty.filesBody}
          </EmptyState>
        }
      />
      {actions.dialogs}
    </>
  );
}
