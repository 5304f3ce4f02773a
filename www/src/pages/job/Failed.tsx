import { Alert, Anchor, Code, Group, Text } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { Link } from 'react-router-dom';
import { errorText, isEnded } from '@/entities/job';
import type { Job } from '@/entities/job';
import { texts } from '@/shared/texts';

const words = texts.job.failed;

/** Why it failed, and what to do. */
export function Failed({ job, error }: { job: Job; error: NonNullable<Job['error']> }) {
  const kind = texts.jobs.kind[job.kind] ?? job.kind;
  const isOver = isEnded(job.state);
  const title = isOver ? texts.shell.tray.ended[job.state === 'cancelled' ? 'cancelled' : 'failed'](kind) : words.attempt;
  return (
    <Alert color={job.state === 'cancelled' ? 'gray' : isOver ? 'red' : 'yellow'} icon={<IconAlertCircle aria-hidden />} title={title} role="alert">
      <Text size="sm">{errorText(job)}</Text>
      {job.state === 'failed' && (
        <Text size="sm" fw={500} mt={4}>
          {job.kind === 'restore' ? words.todoRestore : job.kind === 'migrate' ? words.todoMigrate : words.todo}
        </Text>
      )}
      <Group gap="sm" mt="xs">
        <Text size="xs" c="var(--mantine-color-text)">
          {texts.problem.code} <Code>{error.code}</Code>
        </Text>
        <Anchor component={Link} to={`/help#${error.code}`} size="xs">
          {words.help}
        </Anchor>
      </Group>
    </Alert>
  );
}
