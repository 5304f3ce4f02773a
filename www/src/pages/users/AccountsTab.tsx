import { Badge, Modal, Text } from '@mantine/core';
import { IconPencil, IconUserPlus, IconUsers } from '@tabler/icons-react';
import { useState } from 'react';
import { useAccountPage } from '@/entities/person';
import type { Account } from '@/entities/person';
import { useListState } from '@/shared/api';
import { texts } from '@/shared/texts';
import { people as peopleTexts } from '@/shared/texts/people';
import { ClearFilters, DataTable, EmptyState, TableSearch, When } from '@/shared/ui';
import type { Column } from '@/shared/ui';
import { AccountForm } from './AccountForm';
import { GiveRoleForm } from './GiveRoleForm';
import { PersonState } from './PersonState';
import { TabHead } from './TabHead';

const words = peopleTexts.accounts;

const columns: Column<Account>[] = [
  {
    key: 'name',
    title: peopleTexts.name,
    sort: 'name',
    cell: (account) => (
      <div>
        <Text inherit fw={550} component="span">
          {account.name}
        </Text>
        {account.is_owner && (
          <Badge ml="xs" variant="default" tt="none">
            {peopleTexts.owner}
          </Badge>
        )}
        {account.full_name && (
          <Text size="sm" c="dimmed">
            {account.full_name}
          </Text>
        )}
      </div>
    ),
  },
  {
    key: 'memberships',
    title: words.memberships,
    cell: (account) =>
      account.memberships.length === 0 ? (
        <Text inherit c="dimmed">{words.none}</Text>
      ) : (
        account.memberships.map((each) => `${each.organization_name} (${texts.shell.account.role[each.role].toLowerCase()})`).join(', ')
      ),
  },
  { key: 'state', title: peopleTexts.state, cell: (account) => <PersonState person={account} /> },
  { key: 'created', title: peopleTexts.created, sort: 'created_at', cell: (account) => <When at={account.created_at} /> },
];

type Open = { what: 'form'; account: Account | undefined } | { what: 'role'; account: Account } | null;

export function AccountsTab() {
  const state = useListState({ sort: 'name' });
  const list = useAccountPage(state);
  const [open, setOpen] = useState<Open>(null);
  const close = () => {
    setOpen(null);
  };
  const title = open?.what === 'role' ? words.giving.title(open.account.name) : open?.account ? words.editTitle(open.account.name) : words.add;
  return (
    <>
      <TabHead
        lead={words.lead}
        add={words.add}
        onAdd={() => {
          setOpen({ what: 'form', account: undefined });
        }}
      />
      <DataTable
        label={words.label}
        columns={columns}
        list={list}
        nameOf={(account) => account.name}
        actions={() => [
          {
            label: peopleTexts.edit,
            icon: <IconPencil size={16} />,
            onClick: (account) => {
              setOpen({ what: 'form', account });
            },
          },
          {
            label: words.give,
            icon: <IconUserPlus size={16} />,
            onClick: (account) => {
              setOpen({ what: 'role', account });
            },
          },
        ]}
        toolbar={
          <>
            <TableSearch state={state} />
            <ClearFilters state={state} />
          </>
        }
        empty={<EmptyState icon={IconUsers} title={words.empty.title}>{words.empty.body}</EmptyState>}
      />
      <Modal opened={open !== null} onClose={close} title={title}>
        {open?.what === 'role' && <GiveRoleForm account={open.account} onClose={close} />}
        {open?.what === 'form' && <AccountForm account={open.account} onClose={close} />}
      </Modal>
    </>
  );
}
