import { Stack, Text, Title } from '@mantine/core';
import type { PostgresOutcome } from '@/entities/migration';
import { isWarning } from '@/entities/restore';
import { inPage } from '@/shared/lib/inPage';
import { capital } from '@/shared/lib/words';
import { migrations } from '@/shared/texts/migrations';
import { Status, Surface } from '@/shared/ui';
import classes from './MigratePage.module.css';
import { Next } from './Next';
import type { Wizard } from './useWizard';

const words = migrations.check;

/** What stands in the way of a migration to PostgreSQL, and what one should know. */
export function CheckedPostgres({ outcome, wizard }: { outcome: PostgresOutcome; wizard: Wizard }) {
  const findings = [...outcome.findings].sort((one, other) => Number(other.fatal) - Number(one.fatal));
  return (
    <Stack>
      <Surface label={words.findings}>
        <div role="status">
          <Title order={2} mb={4}>
            <Status tone={outcome.ok ? 'ok' : 'bad'} plain>
              <span className={classes.verdict}>{outcome.ok ? words.ok : words.notOk}</span>
            </Status>
          </Title>
        </div>
        <Text c="dimmed">{outcome.ok ? words.okBody : words.notOkBody}</Text>
        {findings.length > 0 && (
          <ul className={classes.findings} aria-label={words.findings}>
            {findings.map(({ fatal, text }) => {
              const tone = fatal ? 'bad' : isWarning(text) ? 'warn' : 'quiet';
              return (
                <li key={text} data-tone={tone}>
                  <Status tone={tone} plain>
                    {fatal ? words.stop : words.note}
                  </Status>
                  <Text size="sm">{capital(inPage(text, 'assess'))}</Text>
                </li>
              );
            })}
          </ul>
        )}
      </Surface>
      {outcome.ok && <Next wizard={wizard} />}
    </Stack>
  );
}
