import { Anchor, Group, Progress, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import { Link } from 'react-router-dom';
import { errorText, JobStatus, jobTitle, useFailedJobs, useOpenJobs, waitingFor } from '@/entities/job';
import type { Job } from '@/entities/job';
import { percent } from '@/shared/lib/units';
import { capital } from '@/shared/lib/words';
import { texts } from '@/shared/texts';
import { Surface, When } from '@/shared/ui';
import { within } from './lately';
import classes from './OverviewPage.module.css';

const words = texts.overview;
const SHOWN = 5;

export function RunningJobs() {
  const jobs = useOpenJobs().data;
  const more = (jobs?.length ?? 0) - SHOWN;
  return (
    <Panel title={words.now.title} all={words.now.all} to="/jobs" nothing={jobs?.length === 0 ? words.now.nothing : undefined}>
      {jobs?.slice(0, SHOWN).map((job) => (
        <li key={job.id}>
          <div className={classes.line}>
            <JobLink job={job} />
            {job.state === 'running' ? <span className="tabular">{percent(job.progress?.percent ?? 0)}</span> : <JobStatus state={job.state} plain />}
          </div>
          {job.state === 'running' && <Progress size="sm" my={4} value={job.progress?.percent ?? 0} aria-label={jobTitle(job)} />}
          <div className={classes.small}>{capital(job.state === 'running' ? job.phase : waitingFor(job.waiting_for ?? '').what)}</div>
        </li>
      ))}
      {more > 0 && <li className={classes.small}>{words.now.more(more)}</li>}
    </Panel>
  );
}

export function FailedJobs() {
  const jobs = useFailedJobs().data;
  const lately = jobs && within(jobs, 7 * 24);
  return (
    <Panel title={words.failures.title} all={words.failures.all} to="/jobs?state=failed" nothing={lately?.length === 0 ? words.failures.nothing : undefined}>
      {lately?.slice(0, SHOWN).map((job) => (
        <li key={job.id}>
          <div className={classes.line}>
            <JobLink job={job} />
            <span className={classes.small}>
              <When at={job.ended_at ?? job.created_at} />
            </span>
          </div>
          <div className={classes.small}>{errorText(job)}</div>
        </li>
      ))}
    </Panel>
  );
}

function JobLink({ job }: { job: Job }) {
  return (
    <Anchor component={Link} to={`/jobs/${job.id}`} fw={500}>
      {jobTitle(job)}
    </Anchor>
  );
}

function Panel({ title, all, to, nothing, children }: { title: string; all: string; to: string; nothing: string | undefined; children: ReactNode }) {
  return (
    <Surface label={title}>
      <Group justify="space-between" mb="sm" gap="xs">
        <Title order={2}>{title}</Title>
        <Anchor component={Link} to={to} size="sm">
          {all}
        </Anchor>
      </Group>
      {nothing ? <Text c="dimmed">{nothing}</Text> : <ul className={classes.list}>{children}</ul>}
    </Surface>
  );
}
