import { Alert, Skeleton } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useParams } from 'react-router-dom';
import { isEnded, JobStatus, jobTitle, useWatchedJob } from '@/entities/job';
import type { WatchedJob } from '@/entities/job';
import { UndoNotice } from '@/features/undo';
import { texts } from '@/shared/texts';
import { Page, ProblemAlert, When } from '@/shared/ui';
import { About } from './About';
import { CancelButton } from './CancelButton';
import { Failed } from './Failed';
import { Lanes } from './Lanes';
import { Live } from './Live';
import { Log } from './Log';
import { Result } from './Result';
import { Spoken } from './Spoken';
import { Steps } from './Steps';

const words = texts.job;

/** One job while it works, and what came of it. */
export function JobPage() {
  const { id } = useParams();
  const watched = useWatchedJob(id);
  if (!watched.data) {
    return (
      <Page title={texts.jobs.columns.name}>
        {watched.error ? <ProblemAlert error={watched.error} onRetry={() => void watched.refetch()} /> : <Skeleton h={240} radius="md" />}
      </Page>
    );
  }
  return <Watched key={id} watched={watched.data} />;
}

function Watched({ watched: { job, lines } }: { watched: WatchedJob }) {
  const isOver = isEnded(job.state);
  return (
    <Page
      title={jobTitle(job)}
      description={
        <>
          <JobStatus state={job.state} plain /> · {words.asked} {job.created_by}, <When at={job.created_at} />
        </>
      }
      actions={!isOver && <CancelButton job={job} />}
    >
      <Spoken job={job} />
      <Notes watched={{ job }} />
      {job.error && <Failed job={job} error={job.error} />}
      <Steps job={job} />
      {job.state === 'running' && <Live job={job} />}
      {job.state === 'running' && <Lanes job={job} />}
      {job.database_id && job.state === 'succeeded' && (job.kind === 'restore' || job.kind === 'undo') && (
        <UndoNotice databaseId={job.database_id} databaseName={job.database_name} jobId={job.id} />
      )}
      {job.state === 'succeeded' && <Result job={job} />}
      <Log lines={lines} name={jobTitle(job)} isOver={isOver} />
      <About job={job} />
    </Page>
  );
}

/** What one should know of a job that is not simply running. */
function Notes({ watched: { job } }: { watched: Pick<WatchedJob, 'job'> }) {
  const isOver = isEnded(job.state);
  return (
    <>
      {job.state === 'queued' && (
        <Alert icon={<IconInfoCircle aria-hidden />} title={words.waiting.title}>
          {job.waiting_for ? `${words.waiting.for} ${job.waiting_for}.` : words.waiting.soon}
        </Alert>
      )}
      {job.cancel_requested && !isOver && <Alert color="yellow" icon={<IconInfoCircle aria-hidden />}>{words.cancelling}</Alert>}
      {job.attempt > 1 && job.state === 'running' && <Alert color="yellow" icon={<IconInfoCircle aria-hidden />}>{words.again(job.attempt)}</Alert>}
    </>
  );
}
