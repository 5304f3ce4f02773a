import { Anchor, Button, Code } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCopy, IconKey, IconListSearch, IconPencil, IconPlus, IconPrinter, IconTestPipe, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { useRecentBackups } from '@/entities/backup';
import type { Backup } from '@/entities/backup';
import { useAllKeys, useKeyPage } from '@/entities/key';
import type { Key } from '@/entities/key';
import { useMay } from '@/entities/me';
import { KeyFormDialog, openedBy, OpensDialog, RemoveDialog, RenameDialog, TestDialog } from '@/features/key';
import { useListState } from '@/shared/api';
import { counted } from '@/shared/lib/units';
import { texts } from '@/shared/texts';
import { DataTable, EmptyState, notifyDone, notifyProblem, Page, TableSearch, When } from '@/shared/ui';
import type { Column, RowAction } from '@/shared/ui';

const words = texts.keys;
type Open = { what: 'opens' | 'rename' | 'remove'; key: Key } | null;

function columnsWith(backups: readonly Backup[] | undefined, isAll: boolean, onLook: (key: Key) => void): Column<Key>[] {
  return [
    { key: 'name', title: words.columns.name, sort: 'name', cell: ({ name }) => name },
    { key: 'fingerprint', title: words.columns.fingerprint, cell: ({ fingerprint }) => <Code>{fingerprint}</Code> },
    { key: 'kind', title: words.columns.kind, cell: ({ kind }) => words.kind[kind] },
    {
      key: 'opens',
      title: words.columns.opens,
      cell: (key) => {
        const opens = openedBy(key, backups ?? []).length;
        if (!backups || opens === 0) return backups ? words.opensNone : '–';
        return (
          <Anchor component="button" type="button" onClick={() => { onLook(key); }}>
            {isAll ? words.opens(counted(opens, 'backup')) : words.opensAtLeast(counted(opens, 'backup'))}
          </Anchor>
        );
      },
    },
    { key: 'secret', title: words.columns.secret, cell: ({ has_secret }) => (has_secret ? words.secret.kept : words.secret.elsewhere) },
    { key: 'at', title: words.columns.at, sort: 'created_at', cell: ({ created_at }) => <When at={created_at} /> },
  ];
}

export function KeysPage() {
  const list = useKeyPage(useListState({ sort: 'name' }));
  const keys = useAllKeys().data ?? [];
  const recent = useRecentBackups().data;
  const backups = recent?.items;
  const [isAdding, adding] = useDisclosure(false);
  const [isTesting, testing] = useDisclosure(false);
  const [open, setOpen] = useState<Open>(null);
  const [isAdministrator, isOperator] = [useMay('administrator'), useMay('operator')];
  const actionsOf = useActions(isAdministrator, setOpen);
  const add = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={adding.open}>
      {words.add}
    </Button>
  );
  const dialog = (what: 'opens' | 'rename' | 'remove') => ({
    opened: open?.what === what,
    onClose: () => {
      setOpen(null);
    },
  });
  const look = (key: Key) => {
    setOpen({ what: 'opens', key });
  };
  return (
    <Page
      title={words.title}
      description={words.lead}
      actions={
        keys.length > 0 && (
          <>
            {isOperator && backups && backups.length > 0 && (
              <Button variant="default" leftSection={<IconTestPipe size={16} aria-hidden />} onClick={testing.open}>
                {words.test}
              </Button>
            )}
            {isAdministrator && add}
          </>
        )
      }
    >
      <DataTable
        label={words.title}
        columns={columnsWith(backups, recent?.isAll ?? false, look)}
        list={list}
        nameOf={({ name }) => name}
        actions={actionsOf}
        toolbar={(list.next ?? list.state.isFiltered) ? <TableSearch state={list.state} /> : undefined}
        empty={
          <EmptyState icon={IconKey} title={words.empty.title} action={isAdministrator && add}>
            {isAdministrator ? words.empty.body : words.empty.viewer}
          </EmptyState>
        }
      />
      <KeyFormDialog opened={isAdding} onClose={adding.close} />
      <TestDialog opened={isTesting} onClose={testing.close} keys={keys} backups={backups ?? []} />
      {open && (
        <>
          <OpensDialog {...dialog('opens')} keyOf={open.key} backups={backups ?? []} isAll={recent?.isAll ?? false} />
          <RenameDialog {...dialog('rename')} keyOf={open.key} />
          <RemoveDialog {...dialog('remove')} keyOf={open.key} backups={backups ?? []} />
        </>
      )}
    </Page>
  );
}

function useActions(isAdministrator: boolean, setOpen: (open: Open) => void): (key: Key) => RowAction<Key>[] {
  const navigate = useNavigate();
  const copy = (text: string) => {
    navigator.clipboard.writeText(text).then(() => {
      notifyDone(words.copied);
    }, notifyProblem);
  };
  return (key) => {
    const item = (what: 'opens' | 'rename' | 'remove') => () => {
      setOpen({ what, key });
    };
    const { recipient } = key;
    const all: RowAction<Key>[] = [{ label: words.actions.opens, icon: <IconListSearch size={16} aria-hidden />, onClick: item('opens') }];
    if (recipient !== null) all.push({ label: words.actions.copy, icon: <IconCopy size={16} aria-hidden />, onClick: () => { copy(recipient); } });
    if (!isAdministrator) return all;
    const sheet = {
      label: words.actions.sheet,
      icon: <IconPrinter size={16} aria-hidden />,
      disabled: key.has_secret ? undefined : words.noSheet,
      onClick: () => void navigate(`/keys/${key.id}/sheet`),
    };
    return [
      sheet,
      ...all,
      { label: words.actions.rename, icon: <IconPencil size={16} aria-hidden />, onClick: item('rename') },
      { label: words.actions.remove, icon: <IconTrash size={16} aria-hidden />, onClick: item('remove'), isDangerous: true },
    ];
  };
}
