import { Anchor, Title } from '@mantine/core';
import { IconArchive } from '@tabler/icons-react';
import { Link } from 'react-router-dom';
import { BackupStatus, ProofStatus, useBackupPage } from '@/entities/backup';
import type { Backup } from '@/entities/backup';
import type { Database } from '@/entities/database';
import { useListState } from '@/shared/api';
import { texts } from '@/shared/texts';
import { DataTable, Duration, EmptyState, Size, When } from '@/shared/ui';
import type { Column } from '@/shared/ui';

const words = texts.databases.backups;

const columns: readonly Column<Backup>[] = [
  {
    key: 'name',
    title: words.columns.name,
    cell: (backup) =>
      backup.job_id ? (
        <Anchor component={Link} to={`/logs/${backup.job_id}`}>
          {backup.name}
        </Anchor>
      ) : (
        backup.name
      ),
  },
  { key: 'at', title: words.columns.at, sort: 'created_at', cell: (backup) => <When at={backup.created_at} /> },
  { key: 'type', title: words.columns.type, cell: (backup) => texts.backups.type[backup.type] },
  { key: 'size', title: words.columns.size, sort: 'size_bytes', align: 'right', cell: (backup) => <Size bytes={backup.size_bytes} /> },
  { key: 'took', title: words.columns.took, align: 'right', cell: (backup) => <Duration seconds={backup.duration_ms / 1000} /> },
  { key: 'state', title: words.columns.state, cell: (backup) => <BackupStatus backup={backup} plain /> },
  { key: 'proof', title: words.columns.proof, cell: (backup) => <ProofStatus proof={backup.proof} plain /> },
];

/** All backups that there are of the database. */
export function Backups({ database }: { database: Database }) {
  const state = useListState({ sort: '-created_at' });
  const list = useBackupPage({ ...state, filters: { database_id: database.id } });
  return (
    <section>
      <Title order={2} mb="sm">
        {words.title}
      </Title>
      <DataTable
        label={words.title}
        columns={columns}
        list={list}
        nameOf={(backup) => backup.name}
        empty={
          <EmptyState icon={IconArchive} title={words.empty.title}>
            {words.empty.body}
          </EmptyState>
        }
      />
    </section>
  );
}
