import { Alert, Anchor, Skeleton } from '@mantine/core';
import { IconArrowsExchange, IconInfoCircle } from '@tabler/icons-react';
import { lazy, Suspense } from 'react';
import { Link, useParams } from 'react-router-dom';
import { isEnded, JobStatus, jobTitle, useWatchedJob, waitingFor } from '@/entities/job';
import type { WatchedJob } from '@/entities/job';
import { CancelButton } from '@/features/cancel-job';
import { ClosedNotice } from '@/features/closed-source';
import { UndoNotice } from '@/features/undo';
import { texts } from '@/shared/texts';
import { Page, ProblemAlert, When } from '@/shared/ui';
import { About } from './About';
import { Failed } from './Failed';
import { Lanes } from './Lanes';
import { Live } from './Live';
import { Log } from './Log';
import { isSwapped } from './phases';
import { Result } from './Result';
import { Source } from './Source';
import { Spoken } from './Spoken';
import { Steps } from './Steps';

const Migration = lazy(() => import('./Migration'));
const Exported = lazy(() => import('./Exported'));
const Imported = lazy(() => import('./Imported'));
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
          <Source job={job} />
        </>
      }
      actions={!isOver && <CancelButton job={job} isSwapped={isSwapped(job)} />}
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
      {job.kind === 'migrate' && job.database_id && <ClosedNotice databaseId={job.database_id} jobId={job.id} />}
      {isOver && (job.kind === 'migrate' || job.kind === 'assess') && (
        <Suspense fallback={<Skeleton h={120} radius="md" />}>
          <Migration job={job} />
        </Suspense>
      )}
      {isOver && job.kind === 'import' && (
        <Suspense fallback={null}>
          <Imported job={job} />
        </Suspense>
      )}
      {job.kind === 'export' && job.state === 'succeeded' && (
        <Suspense fallback={<Skeleton h={120} radius="md" />}>
          <Exported job={job} />
        </Suspense>
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
          {job.waiting_for ? <WaitingFor said={job.waiting_for} /> : words.waiting.soon}
        </Alert>
      )}
      {isSwapped(job) && (
        <Alert color="green" icon={<IconArrowsExchange aria-hidden />} title={words.swap.live(job.database_name)} role="status">
          {words.swap.liveBody}
        </Alert>
      )}
      {job.cancel_requested && !isOver && <Alert color="yellow" icon={<IconInfoCircle aria-hidden />}>{words.cancelling}</Alert>}
      {job.attempt > 1 && job.state === 'running' && <Alert color="yellow" icon={<IconInfoCircle aria-hidden />}>{words.again(job.attempt)}</Alert>}
    </>
  );
}

/** The job that is waited for is named by its id, and its page says whose it is. */
function WaitingFor({ said }: { said: string }) {
  const { what, job } = waitingFor(said);
  return (
    <>
      {words.waiting.for} {what}.
      {job && (
        <>
          {' '}
          <Anchor component={Link} to={`/jobs/${job}`} size="sm">
            {words.waiting.look}
          </Anchor>
        </>
      )}
    </>
  );
}
