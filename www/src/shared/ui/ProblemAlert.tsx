import { Alert, Anchor, Button, Code, Group, Text } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { asProblem } from '@/shared/api/problem';
import { capital } from '@/shared/lib/words';
import { texts } from '@/shared/texts';

interface ProblemAlertProps {
  /** Anything thrown; nothing is drawn for null. */
  error: unknown;
  /** Shows "Try again". */
  onRetry?: () => void;
  /** More ways out, beside it. */
  actions?: ReactNode;
}

/** What went wrong, what to do, and the code to look up. The one way in which the page shows an error of the API. */
export function ProblemAlert({ error, onRetry, actions }: ProblemAlertProps) {
  if (error === null || error === undefined) return null;
  const problem = asProblem(error);
  return (
    <Alert color="red" icon={<IconAlertCircle aria-hidden />} title={problem.title} role="alert">
      {problem.detail && <Text size="sm">{sentence(problem.detail)}</Text>}
      {problem.todo && (
        <Text size="sm" fw={500} mt={4}>
          {problem.todo}
        </Text>
      )}
      <Group gap="sm" mt="xs" justify="space-between">
        <Text size="xs" c="var(--mantine-color-text)">
          {texts.problem.code} <Meaning code={problem.code} />
          {problem.status >= 500 && problem.requestId && <> · {texts.problem.request} <Code>{problem.requestId}</Code></>}
        </Text>
        {(actions ?? onRetry) && (
          <Group gap="xs">
            {actions}
            {onRetry && (
              <Button size="xs" variant="default" onClick={onRetry}>
                {texts.problem.retry}
              </Button>
            )}
          </Group>
        )}
      </Group>
    </Alert>
  );
}

/** In a tab of its own: what one was writing stays. The page's own codes have no explanation but themselves. */
function Meaning({ code }: { code: string }) {
  if (!(code in texts.help.codes.all)) return <Code>{code}</Code>;
  return (
    <Anchor href={`/help#${code}`} target="_blank" c="inherit" title={texts.problem.meaning}>
      <Code>{code}</Code>
    </Anchor>
  );
}

function sentence(text: string): string {
  return /[.!?]$/.test(text) ? capital(text) : `${capital(text)}.`;
}
