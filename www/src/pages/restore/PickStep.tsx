import { Alert, Button, Title } from '@mantine/core';
import { IconArchive, IconInfoCircle } from '@tabler/icons-react';
import { useState } from 'react';
import { ProofStatus, useBackupPage } from '@/entities/backup';
import type { Backup } from '@/entities/backup';
import { useAllDatabases } from '@/entities/database';
import { UploadBox } from '@/features/upload-backup';
import { useListState } from '@/shared/api';
import { texts } from '@/shared/texts';
import { ClearFilters, Count, DataTable, EmptyState, Size, TableFilter, TableSearch, When } from '@/shared/ui';
import type { Column } from '@/shared/ui';

const words = texts.restore.pick;

/** A backup from the list, or a file; one of them at a time. */
export function PickStep({ onPick }: { onPick: (backupId: string) => void }) {
  const [hasFile, setHasFile] = useState(false);
  const state = useListState({ sort: '-created_at', filters: ['database_id'] });
  const list = useBackupPage(state);
  const databases = useAllDatabases().data ?? [];
  const columns = columnsOf(hasFile, onPick);
  return (
    <>
      <div>
        <Title order={2} mb="sm">
          {words.title}
        </Title>
        {hasFile && (
          <Alert icon={<IconInfoCircle aria-hidden />} mb="sm">
            {words.off}
          </Alert>
        )}
        <DataTable
          label={words.title}
          columns={columns}
          list={list}
          nameOf={(backup) => backup.name}
          toolbar={
            <>
              <TableSearch state={state} />
              <TableFilter state={state} name="database_id" label={words.database} options={databases.map(({ id, name }) => ({ value: id, label: name }))} />
              <ClearFilters state={state} />
            </>
          }
          empty={
            <EmptyState icon={IconArchive} title={words.empty.title}>
              {words.empty.body}
            </EmptyState>
          }
        />
      </div>
      <UploadBox onChosen={setHasFile} onUse={onPick} />
    </>
  );
}

function columnsOf(isOff: boolean, onPick: (backupId: string) => void): readonly Column<Backup>[] {
  const { columns } = words;
  return [
    { key: 'name', title: columns.name, sort: 'name', cell: (backup) => backup.name },
    { key: 'database', title: columns.database, cell: (backup) => backup.database_name || '–' },
    { key: 'at', title: columns.at, sort: 'created_at', cell: (backup) => <When at={backup.created_at} /> },
    { key: 'rows', title: columns.rows, align: 'right', cell: (backup) => <Count value={backup.rows} /> },
    { key: 'size', title: columns.size, sort: 'size_bytes', align: 'right', cell: (backup) => <Size bytes={backup.size_bytes} /> },
    { key: 'proof', title: columns.proof, cell: (backup) => <ProofStatus proof={backup.proof} plain /> },
    {
      key: 'choose',
      title: columns.choose,
      align: 'right',
      cell: (backup) => (
        <Button
          size="xs"
          variant="light"
          disabled={isOff || backup.state !== 'good'}
          title={backup.state === 'good' ? undefined : words.bad}
          aria-label={words.choose(backup.name)}
          onClick={() => {
            onPick(backup.id);
          }}
        >
          {words.button}
        </Button>
      ),
    },
  ];
}
