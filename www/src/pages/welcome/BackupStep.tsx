import { Anchor, Button, Group, Progress, Stack, Text } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { Link } from 'react-router-dom';
import type { Backup } from '@/entities/backup';
import { errorText, isEnded, JobStatus, jobTitle, useScheduleJobs } from '@/entities/job';
import type { Job } from '@/entities/job';
import { useRunSchedule } from '@/entities/schedule';
import type { Schedule } from '@/entities/schedule';
import { newKey } from '@/shared/api';
import { texts } from '@/shared/texts';
import { ProblemAlert } from '@/shared/ui';
import classes from './WelcomePage.module.css';

const words = texts.welcome.backup;

interface BackupStepProps {
  schedule: Schedule;
  backups: readonly Backup[];
  /** All databases have one. */
  onDone: () => void;
}

/** Runs the schedule once, and watches. What is to be seen is what the jobs say, so a reload changes nothing. */
export function BackupStep({ schedule, backups, onDone }: BackupStepProps) {
  const run = useRunSchedule();
  const [key, setKey] = useState(newKey);
  const jobs = newest(useScheduleJobs(schedule.id).data ?? []);
  const isRunning = jobs.some(({ state }) => !isEnded(state));
  const failed = jobs.filter(({ state }) => state === 'failed' || state === 'cancelled');
  const isDone = jobs.length > 0 && !isRunning && failed.length === 0 && backups.length > 0;
  useEffect(() => {
    if (isDone) onDone();
  }, [isDone, onDone]);
  const go = () => {
    run.mutate({ id: schedule.id, key }, { onSuccess: () => { setKey(newKey()); } });
  };
  return (
    <Stack>
      <div role="status">
        {isRunning && <Text>{words.running}</Text>}
        {!isRunning && failed.length > 0 && <Text>{words.failed}</Text>}
      </div>
      {jobs.length > 0 && (
        <ul className={classes.steps}>
          {jobs.slice(0, 10).map((job) => (
            <JobLine key={job.id} job={job} />
          ))}
        </ul>
      )}
      <ProblemAlert error={run.error} />
      {!isRunning && !isDone && (
        <Group justify="flex-end">
          <Button leftSection={<IconPlayerPlay size={16} aria-hidden />} loading={run.isPending} onClick={go}>
            {failed.length > 0 ? words.again : words.go}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

/** The newest job of each database. */
function newest(jobs: readonly Job[]): Job[] {
  const byDatabase = new Map<string, Job>();
  for (const job of jobs) {
    const of = job.database_id ?? job.id;
    if (job.kind === 'backup' && !byDatabase.has(of)) byDatabase.set(of, job);
  }
  return [...byDatabase.values()];
}

function JobLine({ job }: { job: Job }) {
  return (
    <li>
      <Group justify="space-between" gap="sm">
        <Anchor component={Link} to={`/jobs/${job.id}`}>
          {jobTitle(job)}
        </Anchor>
        <JobStatus state={job.state} plain />
      </Group>
      {job.state === 'running' && <Progress value={job.progress?.percent ?? 0} size="sm" aria-label={jobTitle(job)} />}
      {job.error && (
        <Text size="sm" c="var(--hf-bad)">
          {errorText(job)}
        </Text>
      )}
    </li>
  );
}
