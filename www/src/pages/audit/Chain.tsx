import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { chainOf, eachAuditEvent } from '@/entities/audit';
import type { ChainState, Scope } from '@/entities/audit';
import { useMe } from '@/entities/me';
import { count, counted } from '@/shared/lib/units';
import { texts } from '@/shared/texts';
import { CopyText, ProblemAlert, Status, Surface } from '@/shared/ui';

const words = texts.audit.chain;

/** Whether what is shown is what was written; computed here, by nobody whom one would have to trust. */
export function Chain({ scope }: { scope: Scope }) {
  const me = useMe();
  const organization = scope === 'installation' ? null : (me.organization?.id ?? '');
  const [read, setRead] = useState<number | null>(null);
  const [chain, setChain] = useState<ChainState | null>(null);
  const [error, setError] = useState<unknown>(null);
  const isPossible = 'subtle' in crypto;
  const check = async () => {
    setRead(0);
    setError(null);
    try {
      setChain(await chainOf(await eachAuditEvent(scope, null, setRead), organization));
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
          {isPossible && (
            <Button variant="default" disabled={read !== null} onClick={() => void check()}>
              {read !== null ? words.busy(counted(read, 'event')) : chain ? words.again : words.check}
            </Button>
          )}
        </Group>
        {!isPossible && <Text>{words.notHere}</Text>}
        <ProblemAlert error={error} />
        <div aria-live="polite">{chain && <Found chain={chain} />}</div>
      </Stack>
    </Surface>
  );
}

function Found({ chain }: { chain: ChainState }) {
  return (
    <Stack gap="sm">
      <div>{chain.broken === null ? <Status tone="ok">{words.whole}</Status> : <Status tone="bad">{words.broken(chain.broken)}</Status>}</div>
      {chain.broken !== null && <Text>{words.brokenTodo}</Text>}
      <Text>{words.computed(count(chain.checked), counted(chain.rows, 'event'))}</Text>
      {chain.checked < chain.rows && (
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
