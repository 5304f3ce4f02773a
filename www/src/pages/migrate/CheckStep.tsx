import { Anchor, Button, Group, Progress, Stack, Text, Title } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { Link } from 'react-router-dom';
import { errorText, isEnded, useWatchedJob } from '@/entities/job';
import type { Job } from '@/entities/job';
import type { Outcome } from '@/entities/migration';
import { CancelButton } from '@/features/cancel-job';
import { asProblem, Problem } from '@/shared/api';
import { percent, timeLeft } from '@/shared/lib/units';
import { migrations } from '@/shared/texts/migrations';
import { ProblemAlert, Surface } from '@/shared/ui';
import { CheckedMssql } from './CheckedMssql';
import { CheckedPostgres } from './CheckedPostgres';
import type { Wizard } from './useWizard';

const words = migrations.check;

/** The assessment while it runs, and what it has found. */
export default function CheckStep({ wizard }: { wizard: Wizard }) {
  const watched = useWatchedJob(wizard.job);
  const job = watched.data?.job;
  return (
    <Stack>
      {job && <OfJob job={job} wizard={wizard} />}
      {!job && watched.error && (asProblem(watched.error).status === 404 ? <Text>{words.gone}</Text> : <ProblemAlert error={watched.error} onRetry={() => void watched.refetch()} />)}
      <Group>
        <Button
          variant="default"
          leftSection={<IconArrowLeft size={16} aria-hidden />}
          onClick={() => {
            wizard.go('what', wizard.job);
          }}
        >
          {words.change}
        </Button>
        <Button
          variant="subtle"
          onClick={() => {
            wizard.go('ends');
          }}
        >
          {words.changeEnds}
        </Button>
      </Group>
    </Stack>
  );
}

function OfJob({ job, wizard }: { job: Job; wizard: Wizard }) {
  if (!isEnded(job.state)) return <Running job={job} />;
  if (job.state === 'cancelled') return <Text>{words.cancelled}</Text>;
  if (job.error) {
    return <ProblemAlert error={new Problem({ status: 409, code: job.error.code, title: words.failed, detail: errorText(job) })} />;
  }
  const outcome = job.result as unknown as Outcome;
  return outcome.target === 'postgresql' ? <CheckedPostgres outcome={outcome} wizard={wizard} /> : <CheckedMssql job={job.id} wizard={wizard} />;
}

function Running({ job }: { job: Job }) {
  const done = job.progress?.percent ?? 0;
  return (
    <Surface label={words.running}>
      <div role="status">
        <Title order={2}>{words.running}</Title>
      </div>
      <Text c="dimmed" mb="md">
        {words.runningHint}
      </Text>
      <Progress value={done} size="lg" aria-label={words.running} />
      <Text size="sm" c="dimmed" mt="xs" className="tabular">
        {job.state === 'queued' ? words.waits : `${percent(done)} · ${timeLeft(job.progress?.left_s ?? null)}`}
      </Text>
      <Group mt="md">
        <CancelButton job={job} />
        <Anchor component={Link} to={`/jobs/${job.id}`}>
          {words.look}
        </Anchor>
      </Group>
    </Surface>
  );
}
