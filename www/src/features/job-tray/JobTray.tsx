import { ActionIcon, Anchor, Indicator, Popover, Progress, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconActivity } from '@tabler/icons-react';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { errorText, JobStatus, jobTitle, useOpenJobs, waitingFor } from '@/entities/job';
import type { Job } from '@/entities/job';
import { percent, timeLeft } from '@/shared/lib/units';
import { texts } from '@/shared/texts';
import { When } from '@/shared/ui';
import classes from './JobTray.module.css';
import { useEndedJobs } from './useEndedJobs';
import { useUnseen } from './useUnseen';

const words = texts.shell.tray;
const SHOWN = 6;
/** Whoever asked for these waits for them. */
const LOOKS = ['preflight', 'assess', 'preview'];

/** What runs and what has ended meanwhile, on every page; and a notification when a job ends. */
export function JobTray() {
  const [opened, setOpened] = useState(false);
  const { data: jobs, dataUpdatedAt } = useOpenJobs();
  const { unseen, see } = useUnseen();
  const running = jobs?.length ?? 0;
  const failed = unseen.filter(({ state }) => state === 'failed').length;
  const toggle = (isOpen: boolean) => {
    if (opened && !isOpen) see();
    setOpened(isOpen);
  };
  const close = () => {
    toggle(false);
  };
  useEndedJobs(jobs, dataUpdatedAt, tell);
  return (
    <Popover opened={opened} onChange={toggle} position="bottom-end" shadow="md" width={320} trapFocus returnFocus>
      <Indicator label={running || unseen.length} size={16} disabled={running + unseen.length === 0} color={failed > 0 ? 'red' : running > 0 ? 'tide' : 'gray'} offset={4} zIndex={1}>
        <Popover.Target>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            aria-label={words.label(running, unseen.length, failed)}
            onClick={() => {
              toggle(!opened);
            }}
          >
            <IconActivity size={20} aria-hidden />
          </ActionIcon>
        </Popover.Target>
      </Indicator>
      <Popover.Dropdown aria-label={words.title}>
        <Stack gap="sm">
          <Text fw={620}>{words.title}</Text>
          {running === 0 && <Text c="dimmed" size="sm">{words.nothing}</Text>}
          {jobs?.slice(0, SHOWN).map((job) => <TrayJob key={job.id} job={job} onGo={close} />)}
          {unseen.length > 0 && <Text fw={620}>{words.meanwhile}</Text>}
          {unseen.slice(0, SHOWN).map((job) => <Ended key={job.id} job={job} onGo={close} />)}
          {unseen.length > SHOWN && <Text c="dimmed" size="sm">{words.more(unseen.length - SHOWN)}</Text>}
          <Anchor component={Link} to="/jobs" size="sm" onClick={close}>
            {words.all}
          </Anchor>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function Ended({ job, onGo }: { job: Job; onGo: () => void }) {
  return (
    <Link to={`/jobs/${job.id}`} className={classes.job} onClick={onGo}>
      <span className={classes.line}>
        <span className={classes.name}>{jobTitle(job)}</span>
        <JobStatus state={job.state} plain />
      </span>
      <Text size="xs" c="dimmed" component="span" truncate>
        <When at={job.ended_at} /> {job.error && `· ${errorText(job)}`}
      </Text>
    </Link>
  );
}

function TrayJob({ job, onGo }: { job: Job; onGo: () => void }) {
  const done = job.progress?.percent ?? 0;
  return (
    <Link to={`/jobs/${job.id}`} className={classes.job} onClick={onGo}>
      <span className={classes.line}>
        <span className={classes.name}>{jobTitle(job)}</span>
        <span className="tabular">{job.state === 'running' ? percent(done) : words.queued}</span>
      </span>
      {job.state === 'running' ? <Progress value={done} size="sm" aria-label={jobTitle(job)} /> : null}
      <Text size="xs" c="dimmed" component="span" truncate>
        {job.state === 'running' ? `${job.phase} · ${timeLeft(job.progress?.left_s ?? null)}` : waitingFor(job.waiting_for ?? '').what}
      </Text>
    </Link>
  );
}

function tell(job: Job): void {
  if (job.state === 'queued' || job.state === 'running') return;
  // Who looks at the job itself sees it end, and so does the guide. What comes after each backup is told if it fails.
  if (LOOKS.includes(job.kind) || (job.kind === 'retention' && job.state !== 'failed') || ['/welcome', `/jobs/${job.id}`].includes(window.location.pathname)) return;
  notifications.show({
    id: `job-${job.id}`,
    title: <JobStatus state={job.state} plain />,
    message: (
      <>
        {words.ended[job.state](jobTitle(job))}
        {job.error && <Text size="sm">{errorText(job)}</Text>}
        {/* Not a Link: notifications stand outside of what has failed or changed, and a full load is always right. */}
        <Anchor href={`/jobs/${job.id}`} size="sm" display="block">
          {words.look}
        </Anchor>
      </>
    ),
    color: { succeeded: 'green', failed: 'red', cancelled: 'gray' }[job.state],
    autoClose: job.state === 'failed' ? false : 8_000,
  });
}
