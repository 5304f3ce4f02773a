import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconPencil, IconPlugConnected, IconPlus, IconServer2, IconTableImport, IconTrash } from '@tabler/icons-react';
import { lazy, useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { useMay } from '@/entities/me';
import { trustOf, useDeleteMssqlServer, useMssqlServerPage } from '@/entities/mssql-server';
import type { MssqlServer } from '@/entities/mssql-server';
import { useListState } from '@/shared/api';
import { mssqlServers } from '@/shared/texts/mssqlServers';
import { ConfirmDialog, DataTable, EmptyState, LateDialog, Name, notifyDone, Status } from '@/shared/ui';
import type { Column } from '@/shared/ui';

const words = mssqlServers;
const dialogs = () => import('@/features/mssql-server');
const FormDialog = lazy(() => dialogs().then(({ MssqlServerFormDialog }) => ({ default: MssqlServerFormDialog })));
const TestDialog = lazy(() => dialogs().then(({ MssqlTestDialog }) => ({ default: MssqlTestDialog })));

const columns: readonly Column<MssqlServer>[] = [
  { key: 'name', title: words.columns.name, sort: 'name', cell: ({ name }) => <Text inherit fw={550}>{name}</Text> },
  { key: 'address', title: words.columns.address, cell: ({ address }) => <Name>{address}</Name> },
  { key: 'username', title: words.columns.username, cell: ({ username }) => <Name>{username}</Name> },
  { key: 'password', title: words.columns.password, cell: ({ has_password }) => (has_password ? words.password.kept : words.password.asked) },
  { key: 'certificate', title: words.columns.certificate, cell: (server) => <Certificate server={server} /> },
];

function Certificate({ server }: { server: MssqlServer }) {
  const trust = trustOf(server);
  return (
    <Status plain tone={trust === 'any' ? 'warn' : 'ok'}>
      {words.certificate[trust]}
    </Status>
  );
}

type Dialog = 'form' | 'test' | 'remove';

/** Where databases are moved to: a few, so that they need no search. */
export function MssqlServers() {
  const list = useMssqlServerPage(useListState({ sort: 'name', prefix: 'mssql-' }));
  const mayChange = useMay('administrator');
  const mayTest = useMay('operator');
  const navigate = useNavigate();
  const [opened, setOpened] = useState<Dialog | null>(null);
  const [shown, setShown] = useState<Partial<Record<Dialog, MssqlServer | undefined>>>({}); // also while it fades
  const open = (dialog: Dialog) => (server?: MssqlServer) => {
    setShown((before) => ({ ...before, [dialog]: server }));
    setOpened(dialog);
  };
  const dialogOf = (dialog: Dialog) => ({
    opened: opened === dialog,
    onClose: () => {
      setOpened(null);
    },
  });
  const add = (
    <Button
      variant="default"
      leftSection={<IconPlus size={16} aria-hidden />}
      onClick={() => {
        open('form')();
      }}
    >
      {words.add}
    </Button>
  );
  return (
    <Stack gap="sm" mt="md">
      <Group justify="space-between" align="flex-end" gap="sm">
        <div>
          <Title order={2}>{words.title}</Title>
          <Text c="dimmed">{words.lead}</Text>
        </div>
        {mayChange && list.rows.length > 0 && add}
      </Group>
      <DataTable
        label={words.label}
        columns={columns}
        list={list}
        nameOf={({ name }) => name}
        actions={() => [
          ...(mayTest
            ? [
                { label: words.test, icon: <IconPlugConnected size={16} />, onClick: open('test') },
                { label: words.import, icon: <IconTableImport size={16} />, onClick: ({ id }: MssqlServer) => void navigate(`/mssql-servers/${id}/import`) },
              ]
            : []),
          ...(mayChange
            ? [
                { label: words.edit, icon: <IconPencil size={16} />, onClick: open('form') },
                { label: words.remove, icon: <IconTrash size={16} />, isDangerous: true, onClick: open('remove') },
              ]
            : []),
        ]}
        empty={
          <EmptyState icon={IconServer2} title={words.empty.title} action={mayChange && add}>
            {mayChange ? words.empty.body : words.empty.viewer}
          </EmptyState>
        }
      />
      <LateDialog opened={opened === 'form'}>{(isOpen) => <FormDialog {...dialogOf('form')} opened={isOpen} server={shown.form} onSaved={open('test')} />}</LateDialog>
      <LateDialog opened={opened === 'test'}>{(isOpen) => shown.test && <TestDialog {...dialogOf('test')} opened={isOpen} server={shown.test} />}</LateDialog>
      {shown.remove && <RemoveDialog {...dialogOf('remove')} server={shown.remove} />}
    </Stack>
  );
}

function RemoveDialog({ opened, onClose, server }: { opened: boolean; onClose: () => void; server: MssqlServer }) {
  const remove = useDeleteMssqlServer();
  return (
    <ConfirmDialog
      opened={opened}
      onClose={onClose}
      title={words.removal.title(server.name)}
      confirm={words.remove}
      isDangerous
      onConfirm={async () => {
        await remove.mutateAsync(server);
        notifyDone(words.removal.done(server.name));
      }}
    >
      {words.removal.body}
    </ConfirmDialog>
  );
}
