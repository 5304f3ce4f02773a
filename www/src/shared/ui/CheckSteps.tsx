import { Stack, Text } from '@mantine/core';
import type { Schemas } from '@/shared/api';
import { capital } from '@/shared/lib/words';
import { texts } from '@/shared/texts';
import classes from './CheckSteps.module.css';
import { Status } from './Status';
import type { Tone } from './Status';

type Said = Omit<Schemas['CheckStep'], 'name'>;
const TONES: Record<Said['state'], Tone> = { ok: 'ok', warning: 'warn', failed: 'bad', skipped: 'quiet' };

/** A test of a connection, step by step: what was seen, and where something is wrong, what to do. `names` has the steps' words. */
export function CheckSteps<Name extends string>({ steps, names }: { steps: readonly (Said & { name: Name })[]; names: Record<Name, string> }) {
  const words = texts.checkSteps;
  return (
    <ol className={classes.steps} aria-label={words.label}>
      {steps.map((step) => (
        <li key={step.name}>
          <Status tone={TONES[step.state]} plain>
            {names[step.name]}
            <span className="mantine-visually-hidden">, {words.state[step.state]}</span>
          </Status>
          <Seen step={step} />
        </li>
      ))}
    </ol>
  );
}

function Seen({ step: { state, detail, fix } }: { step: Said }) {
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
