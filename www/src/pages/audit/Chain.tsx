import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { chainOf, eachAuditEvent, serversChain } from '@/entities/audit';
import type { ChainState, Scope, ServersChain } from '@/entities/audit';
import { mayDo, useMe } from '@/entities/me';
import { count, counted } from '@/shared/lib/units';
import { capital } from '@/shared/lib/words';
import { audit as auditTexts } from '@/shared/texts/audit';
import { CopyText, ProblemAlert, Status, Surface, When } from '@/shared/ui';

const words = auditTexts.chain;

/** Whether what is shown is what was written: as the server finds, and computed here, by nobody whom one would have to trust. */
export function Chain({ scope }: { scope: Scope }) {
  const me = useMe();
  const organization = scope === 'installation' ? null : (me.organization?.id ?? '');
  const [read, setRead] = useState<number | null>(null);
  const [server, setServer] = useState<ServersChain | null>(null);
  const [chain, setChain] = useState<ChainState | null>(null);
  const [error, setError] = useState<unknown>(null);
  const isPossible = 'subtle' in crypto;
  const check = async () => {
    setRead(0);
    setError(null);
    setServer(null);
    setChain(null);
    try {
      if (mayDo(me, 'auditor')) setServer(await serversChain());
    } catch (problem) {
      setError(problem); // what can be computed here needs no server
    }
    try {
      if (isPossible) setChain(await chainOf(await eachAuditEvent(scope, null, setRead), organization));
    } catch (problem) {
      setError(problem);
    } finally {
      setRead(null);
    }
  };
  return (
    <Surface label={words.title}>
      <Stack gap="sm">
        <Group justify="space-between" align="flex-start">
          <div>
            <Title order={2}>{words.title}</Title>
            <Text c="dimmed" maw="44rem">
              {words.lead}
            </Text>
          </div>
          <Button variant="default" disabled={read !== null} onClick={() => void check()}>
            {read !== null ? words.busy(counted(read, 'event')) : chain ? words.again : words.check}
          </Button>
        </Group>
        {!isPossible && <Text>{words.notHere}</Text>}
        <ProblemAlert error={error} />
        <Stack gap="md" aria-live="polite">
          {server && <FoundByServer chain={server} />}
          {chain && <Found chain={chain} isSeenWhole={server !== null} />}
        </Stack>
      </Stack>
    </Surface>
  );
}

function FoundByServer({ chain: { ok, rows, message, anchor, checked_at } }: { chain: ServersChain }) {
  const found = words.server;
  return (
    <Stack gap="xs">
      <Title order={3}>{found.title}</Title>
      <div>{ok ? <Status tone="ok">{found.whole(counted(rows, 'event'))}</Status> : <Status tone="bad">{found.broken}</Status>}</div>
      <Text size="sm" c="dimmed">
        {words.at} <When at={checked_at} as="local" />
      </Text>
      {message && <Text>{capital(message)}</Text>}
      {!ok && <Text>{words.brokenTodo}</Text>}
      {ok && (
        <Text size="sm">
          {anchor ? (
            <>
              {found.anchored(counted(anchor.rows, 'event'))} <When at={anchor.at} />.
            </>
          ) : (
            found.noAnchor
          )}
        </Text>
      )}
    </Stack>
  );
}

function Found({ chain, isSeenWhole }: { chain: ChainState; isSeenWhole: boolean }) {
  return (
    <Stack gap="xs">
      <Title order={3}>{words.browser}</Title>
      <div>{chain.broken === null ? <Status tone="ok">{words.whole}</Status> : <Status tone="bad">{words.broken(chain.broken)}</Status>}</div>
      {chain.broken !== null && <Text>{words.brokenTodo}</Text>}
      <Text>{words.computed(count(chain.checked), counted(chain.rows, 'event'))}</Text>
      {chain.checked < chain.rows && !isSeenWhole && (
        <>
          <Text size="sm">{words.rest}</Text>
          <CopyText label={words.commandLabel} text={words.command} />
        </>
      )}
      {chain.newest && (
        <>
          <Text size="sm">
            <b>{words.newest}.</b> {words.newestHint}
          </Text>
          <CopyText label={words.newestLabel} text={`${chain.newest.id} ${chain.newest.hash}`} wrap />
        </>
      )}
    </Stack>
  );
}
