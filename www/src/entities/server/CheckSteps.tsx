import { Stack, Text } from '@mantine/core';
import type { Schemas } from '@/shared/api';
import { capital } from '@/shared/lib/words';
import { texts } from '@/shared/texts';
import { Status } from '@/shared/ui';
import type { Tone } from '@/shared/ui';
import classes from './CheckSteps.module.css';
import type { Server } from './queries';

const words = texts.servers.check;
type Step = Schemas['CheckStep'];
const TONES: Record<Step['state'], Tone> = { ok: 'ok', warning: 'warn', failed: 'bad', skipped: 'quiet' };

/** The last test of a server, step by step: what was seen, and where something is wrong, what to do. */
export function CheckSteps({ server: { check } }: { server: Pick<Server, 'check'> }) {
  if (!check) return <Text c="dimmed">{words.notYet}</Text>;
  if (!check.steps) return <Before check={check} />;
  return (
    <ol className={classes.steps} aria-label={words.label}>
      {check.steps.map((step) => (
        <li key={step.name}>
          <Status tone={TONES[step.state]} plain>
            {words.steps[step.name]}
            <span className="mantine-visually-hidden">, {words.state[step.state]}</span>
          </Status>
          <Seen step={step} />
        </li>
      ))}
    </ol>
  );
}

function Seen({ step: { state, detail, fix } }: { step: Step }) {
  if (state === 'ok' || state === 'skipped') {
    return detail ? (
      <Text size="sm" c="dimmed" className={classes.seen}>
        {capital(detail)}
      </Text>
    ) : null;
  }
  return (
    <Stack gap={4} className={classes.why} data-state={state}>
      <Text size="sm">{capital(detail)}</Text>
      {fix && (
        <Text size="sm" fw={500}>
          {capital(fix)}
        </Text>
      )}
    </Stack>
  );
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
