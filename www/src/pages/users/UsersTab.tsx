import { Badge, Modal, Text } from '@mantine/core';
import { IconPencil, IconUserMinus, IconUsers } from '@tabler/icons-react';
import { useState } from 'react';
import { useMe } from '@/entities/me';
import { useRemoveUser, useUserPage } from '@/entities/person';
import type { User } from '@/entities/person';
import { useListState } from '@/shared/api';
import { texts } from '@/shared/texts';
import { people as peopleTexts } from '@/shared/texts/people';
import { ClearFilters, ConfirmDialog, DataTable, EmptyState, notifyDone, TableFilter, TableSearch, When } from '@/shared/ui';
import type { Column } from '@/shared/ui';
import { roleOptions } from './fields';
import { PersonState } from './PersonState';
import { TabHead } from './TabHead';
import { UserForm } from './UserForm';

const words = peopleTexts;

export function UsersTab() {
  const me = useMe();
  const state = useListState({ sort: 'name', filters: ['role'] });
  const list = useUserPage(state);
  const remove = useRemoveUser();
  const [edited, setEdited] = useState<User | 'new' | null>(null);
  const [removed, setRemoved] = useState<User | null>(null);
  const isSelf = (user: User) => user.id === me.user?.id;
  const columns: Column<User>[] = [
    {
      key: 'name',
      title: words.name,
      sort: 'name',
      cell: (user) => (
        <div>
          <Text inherit fw={550} component="span">
            {user.name}
          </Text>
          {isSelf(user) && <Text inherit component="span" c="dimmed">{` (${words.you})`}</Text>}
          {user.full_name && (
            <Text size="sm" c="dimmed">
              {user.full_name}
            </Text>
          )}
        </div>
      ),
    },
    {
      key: 'role',
      title: words.role,
      cell: (user) => (
        <>
          {texts.shell.account.role[user.role]}
          {user.is_owner && (
            <Badge ml="xs" variant="default" tt="none">
              {words.owner}
            </Badge>
          )}
        </>
      ),
    },
    { key: 'state', title: words.state, cell: (user) => <PersonState person={user} /> },
    { key: 'created', title: words.created, sort: 'created_at', cell: (user) => <span><When at={user.created_at} /> <Text component="span" c="dimmed" size="sm">{words.by(user.created_by)}</Text></span> },
  ];
  return (
    <>
      <TabHead
        add={words.users.add}
        onAdd={() => {
          setEdited('new');
        }}
      />
      <DataTable
        label={words.users.label}
        columns={columns}
        list={list}
        nameOf={(user) => user.name}
        actions={(user) => [
          { label: words.edit, icon: <IconPencil size={16} />, onClick: setEdited },
          {
            label: words.users.remove,
            icon: <IconUserMinus size={16} />,
            isDangerous: true,
            disabled: isSelf(user) ? words.users.removal.self : undefined,
            onClick: setRemoved,
          },
        ]}
        toolbar={
          <>
            <TableSearch state={state} />
            <TableFilter state={state} name="role" label={words.role} options={roleOptions} />
            <ClearFilters state={state} />
          </>
        }
        empty={<EmptyState icon={IconUsers} title={words.users.empty.title}>{words.users.empty.body}</EmptyState>}
      />
      <Modal
        opened={edited !== null}
        onClose={() => {
          setEdited(null);
        }}
        title={edited && edited !== 'new' ? words.users.editTitle(edited.name) : words.users.addTitle}
      >
        <UserForm
          user={edited === 'new' || edited === null ? undefined : edited}
          onClose={() => {
            setEdited(null);
          }}
        />
      </Modal>
      <ConfirmDialog
        opened={removed !== null}
        onClose={() => {
          setRemoved(null);
        }}
        title={words.users.removal.title(removed?.name ?? '')}
        confirm={words.users.remove}
        isDangerous
        onConfirm={async () => {
          if (!removed) return;
          await remove.mutateAsync(removed);
          notifyDone(words.users.removal.done(removed.name));
        }}
      >
        {words.users.removal.body}
      </ConfirmDialog>
    </>
  );
}
