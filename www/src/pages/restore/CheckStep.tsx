import { Button, Group, Progress, Stack, Text, Title } from '@mantine/core';
import { IconArrowLeft } from '@tabler/icons-react';
import { Link } from 'react-router-dom';
import { errorText, isEnded, useWatchedJob, waitingFor } from '@/entities/job';
import { usePreflight } from '@/entities/restore';
import { asProblem, Problem } from '@/shared/api';
import { percent, timeLeft } from '@/shared/lib/units';
import { texts } from '@/shared/texts';
import { ProblemAlert, Surface } from '@/shared/ui';
import { Checked } from './Checked';

const words = texts.restore;

interface CheckStepProps {
  id: string;
  identity: string;
  /** Checked again, with another key. */
  onChecked: (preflightId: string, identity: string) => void;
  onBack: (backupId: string) => void;
}

/** The preflight while it runs, and what it has found. */
export default function CheckStep({ id, identity, onChecked, onBack }: CheckStepProps) {
  const preflight = usePreflight(id);
  const document = preflight.data;
  if (!document) {
    if (!preflight.error) return null;
    const isGone = asProblem(preflight.error).status === 404;
    return (
      <Stack>
        {isGone ? <Text>{words.check.gone}</Text> : <ProblemAlert error={preflight.error} onRetry={() => void preflight.refetch()} />}
        <div>
          <Button component={Link} to="/restore" variant="default">
            {words.check.again}
          </Button>
        </div>
      </Stack>
    );
  }
  return (
    <>
      {document.result ? (
        <Checked preflight={document} result={document.result} identity={identity} onChecked={onChecked} />
      ) : (
        <Running jobId={document.job_id ?? undefined} />
      )}
      <Group>
        {document.result?.ok === false && (
          <Button component={Link} to={`/restore${document.request.database_id ? `?database_id=${document.request.database_id}` : ''}`} variant="default">
            {words.check.another}
          </Button>
        )}
        <Button
          variant="subtle"
          leftSection={<IconArrowLeft size={16} aria-hidden />}
          onClick={() => {
            onBack(document.request.backup_id);
          }}
        >
          {words.check.change}
        </Button>
      </Group>
    </>
  );
}

function Running({ jobId }: { jobId: string | undefined }) {
  const job = useWatchedJob(jobId).data?.job;
  if (job && isEnded(job.state) && job.error) {
    return <ProblemAlert error={new Problem({ status: 409, code: job.error.code, title: words.check.failed, detail: errorText(job) })} />;
  }
  const done = job?.progress?.percent ?? 0;
  const isWaiting = job?.state === 'queued';
  return (
    <Surface label={words.check.running}>
      <div role="status">
        <Title order={2}>{isWaiting ? words.check.waiting : words.check.running}</Title>
      </div>
      <Text c="dimmed" mb="md">
        {words.check.runningHint}
      </Text>
      <Progress value={done} size="lg" aria-label={words.check.running} />
      <Text size="sm" c="dimmed" mt="xs" className="tabular">
        {isWaiting ? words.check.waits(waitingFor(job.waiting_for ?? words.check.worker).what) : `${percent(done)} · ${timeLeft(job?.progress?.left_s ?? null)}`}
      </Text>
    </Surface>
  );
}
