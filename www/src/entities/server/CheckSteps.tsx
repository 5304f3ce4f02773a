import { Stack, Text } from '@mantine/core';
import { texts } from '@/shared/texts';
import { Status } from '@/shared/ui';
import type { Tone } from '@/shared/ui';
import { checkSteps } from './checkSteps';
import type { StepState } from './checkSteps';
import classes from './CheckSteps.module.css';
import type { Server } from './queries';

const words = texts.servers.check;
const TONES: Record<StepState, Tone> = { ok: 'ok', failed: 'bad', 'not reached': 'quiet' };

/** The last test of a server, step by step; what the server said stands below the step that failed. */
export function CheckSteps({ server }: { server: Pick<Server, 'check' | 'host' | 'port' | 'username' | 'tls_mode'> }) {
  const { check } = server;
  if (!check) return <Text c="dimmed">{words.notYet}</Text>;
  return (
    <ol className={classes.steps} aria-label={words.label}>
      {checkSteps(check).map(({ name, state }) => (
        <li key={name}>
          <Status tone={TONES[state]} plain>
            {state === 'ok' && name === 'version' ? words.version(check.version) : words.steps[name](server)}
            <span className="mantine-visually-hidden">, {words.state[state]}</span>
          </Status>
          {state === 'failed' && (
            <Stack gap={4} className={classes.why}>
              <Text size="sm">{check.message}</Text>
              <Text size="sm" fw={500}>
                {words.todo[name]}
              </Text>
            </Stack>
          )}
        </li>
      ))}
    </ol>
  );
}
