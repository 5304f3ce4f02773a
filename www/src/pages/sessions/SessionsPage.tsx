import { Button, Text } from '@mantine/core';
import { IconDevices } from '@tabler/icons-react';
import { useState } from 'react';
import { browserOf, useEndSession, useSessions } from '@/entities/session';
import type { Session } from '@/entities/session';
import { useListState, useLocalList } from '@/shared/api';
import { people as peopleTexts } from '@/shared/texts/people';
import { ConfirmDialog, DataTable, EmptyState, notifyDone, Page, When } from '@/shared/ui';
import type { Column } from '@/shared/ui';

const words = peopleTexts.sessions;

/** One's own, whatever one's role. */
export function SessionsPage() {
  const state = useListState({ sort: '-created_at' });
  const list = useLocalList<Session>(useSessions(), state, {
    textOf: (session) => session.agent,
    orders: { created_at: (one, other) => one.created_at.localeCompare(other.created_at), seen_at: (one, other) => one.seen_at.localeCompare(other.seen_at) },
  });
  const end = useEndSession();
  const [ended, setEnded] = useState<Session | null>(null);
  const columns: Column<Session>[] = [
    { key: 'where', title: words.where, cell: (session) => <Text inherit fw={550} title={session.agent}>{browserOf(session.agent)}</Text> },
    { key: 'address', title: words.address, cell: (session) => session.address },
    { key: 'begun', title: words.begun, sort: 'created_at', cell: (session) => <When at={session.created_at} as="local" /> },
    { key: 'seen', title: words.seen, sort: 'seen_at', cell: (session) => <When at={session.seen_at} /> },
    { key: 'expires', title: words.expires, cell: (session) => <When at={session.expires_at} /> },
    {
      key: 'end',
      title: words.end,
      align: 'right',
      cell: (session) => (
        <Button
          size="xs"
          variant="default"
          aria-label={words.endOf(browserOf(session.agent))}
          onClick={() => {
            setEnded(session);
          }}
        >
          {words.end}
        </Button>
      ),
    },
  ];
  return (
    <Page title={words.title} description={words.lead}>
      <DataTable
        label={words.label}
        columns={columns}
        list={list}
        nameOf={(session) => browserOf(session.agent)}
        empty={<EmptyState icon={IconDevices} title={words.title}>{words.lead}</EmptyState>}
      />
      <ConfirmDialog
        opened={ended !== null}
        onClose={() => {
          setEnded(null);
        }}
        title={words.ending.title}
        confirm={words.ending.confirm}
        isDangerous
        onConfirm={async () => {
          if (!ended) return;
          await end.mutateAsync(ended.id);
          notifyDone(words.ending.done);
        }}
      >
        {words.ending.body(browserOf(ended?.agent ?? ''))}
      </ConfirmDialog>
    </Page>
  );
}
