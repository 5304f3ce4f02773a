import { Progress, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Job } from '@/entities/job';
import { percent, size, timeLeft } from '@/shared/lib/units';
import { texts } from '@/shared/texts';
import { Count, Duration, Rate, Surface } from '@/shared/ui';
import classes from './JobPage.module.css';
import { isSwapped, phaseName } from './phases';

const words = texts.job;

/** How far it is, how fast, and how long it takes yet. */
export function Live({ job }: { job: Job }) {
  const progress = job.progress;
  const done = progress?.percent ?? 0;
  return (
    <Surface label={words.progress}>
      <div className={classes.head}>
        <span className={classes.percent}>{percent(done)}</span>
        <div>
          <Text fw={600}>{phaseName(job.phase)}</Text>
          <Text c="dimmed" size="sm">
            {isSwapped(job) ? words.swap.noEstimate : timeLeft(progress?.left_s ?? null)}
          </Text>
        </div>
      </div>
      <Progress value={done} size="lg" aria-label={words.progress} className={classes.bar} />
      <dl className={classes.numbers}>
        <Number name={words.rows}>
          <Count value={progress?.rows} />
        </Number>
        <Number name={words.in} below={progress && words.read(size(progress.bytes_in))}>
          <Rate bytesPerSecond={progress?.rate_in} />
        </Number>
        <Number name={words.out} below={progress && words.written(size(progress.bytes_out))}>
          <Rate bytesPerSecond={progress?.rate_out} />
        </Number>
        <Number name={words.elapsed}>
          <Duration seconds={progress ? Math.round(progress.elapsed_s) : null} />
        </Number>
      </dl>
      {job.kind === 'restore' && job.database_id && (
        <Text size="sm" c="dimmed" mt="sm">
          {job.phase === 'swapping' || job.phase === 'halting services' ? words.swap.now : !job.phase.startsWith('backing up what was') && words.swap.coming}
        </Text>
      )}
    </Surface>
  );
}

function Number({ name, below, children }: { name: string; below?: ReactNode; children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        {children}
        {below && <small>{below}</small>}
      </dd>
    </div>
  );
}
