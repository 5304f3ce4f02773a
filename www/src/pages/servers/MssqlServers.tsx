import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconPencil, IconPlugConnected, IconPlus, IconServer2, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useMay } from '@/entities/me';
import { useDeleteMssqlServer, useMssqlServerPage } from '@/entities/mssql-server';
import type { MssqlServer } from '@/entities/mssql-server';
import { MssqlServerFormDialog, MssqlTestDialog, trustOf } from '@/features/mssql-server';
import { useListState } from '@/shared/api';
import { texts } from '@/shared/texts';
import { ConfirmDialog, DataTable, EmptyState, Name, notifyDone, Status } from '@/shared/ui';
import type { Column } from '@/shared/ui';

const words = texts.mssqlServers;

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

/** Where databases are moved to: a few, so that they need no search. */
export function MssqlServers() {
  const list = useMssqlServerPage(useListState({ sort: 'name', prefix: 'mssql-' }));
  const mayChange = useMay('administrator');
  const mayTest = useMay('operator');
  const [edited, setEdited] = useState<MssqlServer | 'new' | null>(null);
  const [tested, setTested] = useState<MssqlServer | null>(null);
  const [removed, setRemoved] = useState<MssqlServer | null>(null);
  const remove = useDeleteMssqlServer();
  const add = (
    <Button
      variant="default"
      leftSection={<IconPlus size={16} aria-hidden />}
      onClick={() => {
        setEdited('new');
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
          ...(mayTest ? [{ label: words.test, icon: <IconPlugConnected size={16} />, onClick: setTested }] : []),
          ...(mayChange
            ? [
                { label: words.edit, icon: <IconPencil size={16} />, onClick: setEdited },
                { label: words.remove, icon: <IconTrash size={16} />, isDangerous: true, onClick: setRemoved },
              ]
            : []),
        ]}
        empty={
          <EmptyState icon={IconServer2} title={words.empty.title} action={mayChange && add}>
            {mayChange ? words.empty.body : words.empty.viewer}
          </EmptyState>
        }
      />
      <MssqlServerFormDialog
        opened={edited !== null}
        server={edited === 'new' || edited === null ? undefined : edited}
        onClose={() => {
          setEdited(null);
        }}
        onSaved={setTested}
      />
      <MssqlTestDialog
        server={tested}
        onClose={() => {
          setTested(null);
        }}
      />
      <ConfirmDialog
        opened={removed !== null}
        onClose={() => {
          setRemoved(null);
        }}
        title={words.removal.title(removed?.name ?? '')}
        confirm={words.remove}
        isDangerous
        onConfirm={async () => {
          if (!removed) return;
          await remove.mutateAsync(removed);
          notifyDone(words.removal.done(removed.name));
        }}
      >
        {words.removal.body}
      </ConfirmDialog>
    </Stack>
  );
}
