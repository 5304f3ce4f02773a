import { Alert, Button, Text, Title } from '@mantine/core';
import { IconArchive, IconInfoCircle } from '@tabler/icons-react';
import { useState } from 'react';
import { BackupStatus, ProofStatus, useBackupPage } from '@/entities/backup';
import type { Backup } from '@/entities/backup';
import { useAllDatabases } from '@/entities/database';
import { UploadBox } from '@/features/upload-backup';
import { useListState } from '@/shared/api';
import { zone } from '@/shared/lib/time';
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
        <Title order={2}>{words.title}</Title>
        <Text c="dimmed" mb="sm">
          {words.hint(zone())}
        </Text>
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

/** What a restore has replaced looks like any other backup, and is the newest: it says so. */
function Name({ backup }: { backup: Backup }) {
  return (
    <span>
      {backup.name}
      {backup.type === 'safety' && (
        <Text component="span" display="block" size="xs" c="dimmed" fw={400}>
          {words.safety}
        </Text>
      )}
    </span>
  );
}

/** The time of day is what one looks for here. */
function Taken({ at }: { at: string }) {
  return (
    <span>
      <When at={at} as="local" />
      <Text component="span" display="block" size="xs" c="dimmed">
        <When at={at} />
      </Text>
    </span>
  );
}

function columnsOf(isOff: boolean, onPick: (backupId: string) => void): readonly Column<Backup>[] {
  const { columns } = words;
  return [
    { key: 'name', title: columns.name, sort: 'name', cell: (backup) => <Name backup={backup} /> },
    { key: 'database', title: columns.database, cell: (backup) => backup.database_name || '–' },
    { key: 'at', title: columns.at, sort: 'created_at', cell: (backup) => <Taken at={backup.created_at} /> },
    { key: 'rows', title: columns.rows, align: 'right', cell: (backup) => <Count value={backup.rows} /> },
    { key: 'size', title: columns.size, sort: 'size_bytes', align: 'right', cell: (backup) => <Size bytes={backup.size_bytes} /> },
    { key: 'proof', title: columns.proof, cell: (backup) => (backup.state === 'good' ? <ProofStatus proof={backup.proof} plain /> : <BackupStatus backup={backup} plain />) },
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
