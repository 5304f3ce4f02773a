import { Button, Code, Group, Modal, Stack, Text } from '@mantine/core';
import { IconKey, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useDeleteToken, useTokenPage } from '@/entities/token';
import type { Token } from '@/entities/token';
import { useListState } from '@/shared/api';
import { texts } from '@/shared/texts';
import { people as peopleTexts } from '@/shared/texts/people';
import { ClearFilters, ConfirmDialog, CopyText, DataTable, EmptyState, notifyDone, Status, TableFilter, TableSearch, When } from '@/shared/ui';
import type { Column } from '@/shared/ui';
import { roleOptions } from './fields';
import { TabHead } from './TabHead';
import { TokenForm } from './TokenForm';

const words = peopleTexts.tokens;

const columns: Column<Token>[] = [
  { key: 'name', title: peopleTexts.name, sort: 'name', cell: (token) => <Text inherit fw={550}>{token.name}</Text> },
  { key: 'role', title: peopleTexts.role, cell: (token) => texts.shell.account.role[token.role] },
  { key: 'hint', title: words.hint, cell: (token) => <Code>{token.hint}…</Code> },
  {
    key: 'expires',
    title: words.expires,
    cell: (token) =>
      token.expires_at !== null && new Date(token.expires_at) <= new Date() ? (
        <Status plain tone="bad">{words.expired}</Status>
      ) : (
        <When at={token.expires_at} none={words.never} />
      ),
  },
  { key: 'used', title: words.used, cell: (token) => <When at={token.used_at} none={words.neverUsed} /> },
  { key: 'created', title: peopleTexts.created, sort: 'created_at', cell: (token) => <span><When at={token.created_at} /> <Text component="span" c="dimmed" size="sm">{peopleTexts.by(token.created_by)}</Text></span> },
];

export function TokensTab() {
  const state = useListState({ sort: 'name', filters: ['role'] });
  const list = useTokenPage(state);
  const remove = useDeleteToken();
  const [isMaking, setMaking] = useState(false);
  const [made, setMade] = useState<string | null>(null);
  const [removed, setRemoved] = useState<Token | null>(null);
  const close = () => {
    setMaking(false);
    setMade(null);
  };
  return (
    <>
      <TabHead
        lead={words.lead}
        add={words.add}
        onAdd={() => {
          setMaking(true);
        }}
      />
      <DataTable
        label={words.label}
        columns={columns}
        list={list}
        nameOf={(token) => token.name}
        actions={() => [{ label: words.remove, icon: <IconTrash size={16} />, isDangerous: true, onClick: setRemoved }]}
        toolbar={
          <>
            <TableSearch state={state} />
            <TableFilter state={state} name="role" label={peopleTexts.role} options={roleOptions} />
            <ClearFilters state={state} />
          </>
        }
        empty={<EmptyState icon={IconKey} title={words.empty.title}>{words.empty.body}</EmptyState>}
      />
      <Modal opened={isMaking} onClose={close} closeOnClickOutside={made === null} closeOnEscape={made === null} title={made ? words.once.title : words.addTitle}>
        {made ? <ShownOnce token={made} onClose={close} /> : <TokenForm onMade={setMade} onClose={close} />}
      </Modal>
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
    </>
  );
}

function ShownOnce({ token, onClose }: { token: string; onClose: () => void }) {
  return (
    <Stack>
      <Text size="sm">{words.once.body}</Text>
      <CopyText label={words.once.label} text={token} wrap />
      <Group justify="flex-end">
        <Button onClick={onClose}>{words.once.done}</Button>
      </Group>
    </Stack>
  );
}
