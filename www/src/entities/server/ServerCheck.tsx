import { Stack, Text } from '@mantine/core';
import { texts } from '@/shared/texts';
import { CheckSteps, Status } from '@/shared/ui';
import type { Server } from './queries';

const words = texts.servers.check;

/** The last test of a server, step by step. */
export function ServerCheck({ server: { check } }: { server: Pick<Server, 'check'> }) {
  if (!check) return <Text c="dimmed">{words.notYet}</Text>;
  return check.steps ? <CheckSteps steps={check.steps} names={words.steps} /> : <Before check={check} />;
}

/** A test of before an upgrade, which noted no steps. */
function Before({ check }: { check: NonNullable<Server['check']> }) {
  return (
    <Stack gap={4}>
      <Status tone={check.ok ? 'ok' : 'bad'} plain>
        {check.ok ? words.version(check.version) : check.message}
      </Status>
      <Text size="sm" c="dimmed">
        {words.before}
      </Text>
    </Stack>
  );
}
