import { Anchor, Button, Code } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconCopy, IconKey, IconListSearch, IconPencil, IconPlus, IconPrinter, IconTestPipe, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { isNeeded, useAllKeys, useKeyPage } from '@/entities/key';
import type { Key } from '@/entities/key';
import { useMay } from '@/entities/me';
import { KeyFormDialog, OpensDialog, RemoveDialog, RenameDialog, TestDialog } from '@/features/key';
import { useListState } from '@/shared/api';
import { copyText } from '@/shared/lib/clipboard';
import { counted, size } from '@/shared/lib/units';
import { texts } from '@/shared/texts';
import { DataTable, EmptyState, notifyDone, notifyProblem, Page, TableSearch, When } from '@/shared/ui';
import type { Column, RowAction } from '@/shared/ui';

const words = texts.keys;
type Open = { what: 'opens' | 'rename' | 'remove'; key: Key } | null;

function columnsWith(onLook: (key: Key) => void): Column<Key>[] {
  return [
    { key: 'name', title: words.columns.name, sort: 'name', cell: ({ name }) => name },
    { key: 'fingerprint', title: words.columns.fingerprint, cell: ({ fingerprint }) => <Code>{fingerprint}</Code> },
    { key: 'kind', title: words.columns.kind, cell: ({ kind }) => words.kind[kind] },
    {
      key: 'opens',
      title: words.columns.opens,
      cell: (key) => {
        if (key.opens.backups === 0) return words.opensNone;
        return (
          <Anchor component="button" type="button" onClick={() => { onLook(key); }}>
            {words.opens(counted(key.opens.backups, 'backup'), size(key.opens.bytes))}
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
  const [isAdding, adding] = useDisclosure(false);
  const [isTesting, testing] = useDisclosure(false);
  const [open, setOpen] = useState<Open>(null);
  const [isAdministrator, isOperator] = [useMay('administrator'), useMay('operator')];
  const actionsOf = useActions(isAdministrator, keys, setOpen);
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
            {isOperator && keys.some(({ opens }) => opens.backups > 0) && (
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
        columns={columnsWith(look)}
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
      <TestDialog opened={isTesting} onClose={testing.close} keys={keys} />
      {open && (
        <>
          <OpensDialog {...dialog('opens')} keyOf={open.key} />
          <RenameDialog {...dialog('rename')} keyOf={open.key} />
          <RemoveDialog {...dialog('remove')} keyOf={open.key} />
        </>
      )}
    </Page>
  );
}

function useActions(isAdministrator: boolean, keys: readonly Key[], setOpen: (open: Open) => void): (key: Key) => RowAction<Key>[] {
  const navigate = useNavigate();
  const copy = (text: string) => {
    void copyText(text).then((isDone) => {
      if (isDone) notifyDone(words.copied);
      else notifyProblem(new Error(words.notCopied));
    });
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
      {
        label: words.actions.remove,
        icon: <IconTrash size={16} aria-hidden />,
        disabled: isNeeded(key, keys) ? words.needed(counted(key.opens.backups, 'backup')) : undefined,
        onClick: item('remove'),
        isDangerous: true,
      },
    ];
  };
}
