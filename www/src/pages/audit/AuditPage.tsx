import { Modal, SegmentedControl, Text } from '@mantine/core';
import { IconEye, IconFilter, IconShieldCheck } from '@tabler/icons-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { useAuditPage } from '@/entities/audit';
import type { AuditEvent, Scope } from '@/entities/audit';
import { mayDo, useMe } from '@/entities/me';
import { useListState } from '@/shared/api';
import { audit as auditTexts } from '@/shared/texts/audit';
import { ClearFilters, DataTable, EmptyState, NotYours, Page, Status, TableDays, TableExactly, TableFilter, TableSearch, When } from '@/shared/ui';
import type { Column } from '@/shared/ui';
import { Chain } from './Chain';
import { Details } from './Details';
import { ExportButton } from './ExportButton';
import { OnlyThese } from './OnlyThese';

const words = auditTexts;
const TONES = { success: 'ok', failure: 'bad', denied: 'warn' } as const;
const kinds = Object.entries(words.objects).map(([value, label]) => ({ value, label }));
const outcomes = Object.entries(words.outcomes).map(([value, label]) => ({ value, label }));

const actions = Object.entries(words.actions).map(([value, label]) => ({ value, label }));

const actionOf = (action: string) => words.actions[action] ?? action;
/** Ids are long: their beginning tells one from another here, and the details have all of it. */
const short = (detail: string) => detail.replace(/\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f-]{22}/g, '$1');
/** A name alone is a person's. */
const completeActor = (text: string) => (/^(user|token|schedule|worker|cli|installation) |^upgrade$/.test(text) ? text : `user ${text}`);
const kindOf = (kind: string) => (words.objects as Record<string, string>)[kind] ?? kind;
const nameOf = (event: AuditEvent) => `${event.action} ${event.object_name}`.trim();

const columns: Column<AuditEvent>[] = [
  { key: 'when', title: words.when, sort: 'seq', cell: (event) => <When at={event.at} as="local" /> },
  { key: 'who', title: words.who, cell: (event) => <Twice first={event.actor} second={event.address} /> },
  { key: 'what', title: words.what, isHeading: true, cell: (event) => <Twice first={<Text inherit span fw={550}>{actionOf(event.action)}</Text>} second={actionOf(event.action) === event.action ? '' : event.action} /> },
  {
    key: 'object',
    title: words.object,
    cell: (event) => (
      <Twice first={event.object_name || words.details.none} second={[kindOf(event.object_kind), short(event.detail)].filter(Boolean).join(' · ').slice(0, 200)} />
    ),
  },
  { key: 'outcome', title: words.outcome, cell: (event) => <Status plain tone={TONES[event.outcome]}>{words.outcomes[event.outcome]}</Status> },
];

function Twice({ first, second }: { first: ReactNode; second: string }) {
  return (
    <div>
      <Text inherit>{first}</Text>
      {second && (
        <Text size="sm" c="dimmed">
          {second}
        </Text>
      )}
    </div>
  );
}

/** An owner sees what was done to the installation, too: organizations, accounts, who may sign in. */
export function AuditPage() {
  const me = useMe();
  const [asked, setAsked] = useState<Scope>('organization');
  if (!mayDo(me, 'owner') && !mayDo(me, 'auditor')) {
    return (
      <Page title={words.title}>
        <NotYours words={words.viewer} />
      </Page>
    );
  }
  const scope = !mayDo(me, 'owner') ? 'organization' : mayDo(me, 'auditor') ? asked : 'installation';
  const scopes = (
    <SegmentedControl
      aria-label={words.scope.label}
      value={scope}
      onChange={(value) => {
        setAsked(value as Scope);
      }}
      data={(['organization', 'installation'] as const).map((value) => ({ value, label: words.scope[value] }))}
    />
  );
  return <Events key={scope} scope={scope} scopes={mayDo(me, 'owner') && mayDo(me, 'auditor') && scopes} />;
}

function Events({ scope, scopes }: { scope: Scope; scopes: ReactNode }) {
  const state = useListState({ sort: '-seq', filters: ['actor', 'action', 'object_kind', 'object_id', 'address', 'outcome', 'since', 'until'] });
  const list = useAuditPage(state, scope);
  const [viewed, setViewed] = useState<AuditEvent | null>(null);
  const only = (name: string) => (value: string) => ({
    icon: <IconFilter size={16} />,
    onClick: () => {
      state.setFilter(name, value);
    },
  });
  return (
    <Page title={words.title} description={words.leads[scope]} actions={<>{scopes}<ExportButton state={state} scope={scope} /></>}>
      <DataTable
        label={words.label}
        columns={columns}
        list={list}
        nameOf={nameOf}
        actions={(event) => [
          { label: words.view, icon: <IconEye size={16} />, onClick: setViewed },
          { label: words.byActor(event.actor), ...only('actor')(event.actor) },
          { label: words.byActor(actionOf(event.action)), ...only('action')(event.action) },
          ...(event.address ? [{ label: words.fromAddress(event.address), ...only('address')(event.address) }] : []),
          ...(event.object_id ? [{ label: words.ofObject(event.object_name || event.object_id), ...only('object_id')(event.object_id) }] : []),
        ]}
        toolbar={
          <>
            <TableSearch state={state} label={words.search} />
            <TableExactly state={state} name="actor" label={words.who} complete={completeActor} />
            <TableFilter state={state} name="action" label={words.what} options={actions} />
            <TableDays state={state} />
            <TableFilter state={state} name="object_kind" label={words.details.kind} options={kinds} />
            <TableFilter state={state} name="outcome" label={words.outcome} options={outcomes} />
            <OnlyThese state={state} />
            <ClearFilters state={state} />
          </>
        }
        empty={<EmptyState icon={IconShieldCheck} title={words.empty.title}>{words.empty.body}</EmptyState>}
      />
      <Chain scope={scope} />
      <Modal
        opened={viewed !== null}
        onClose={() => {
          setViewed(null);
        }}
        title={words.details.title}
        size="lg"
      >
        {viewed && <Details event={viewed} kind={kindOf(viewed.object_kind)} action={actionOf(viewed.action)} />}
      </Modal>
    </Page>
  );
}
