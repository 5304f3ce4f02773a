import type { Job } from '@/entities/job';
import { texts } from '@/shared/texts';
import { phaseName } from './phases';

/** What a screen reader says while a job is watched: each phase, each tenth of the way, and its end; not each poll. */
export function Spoken({ job }: { job: Job }) {
  return (
    <p role="status" className="mantine-visually-hidden">
      {job.state === 'running' ? texts.job.spoken(phaseName(job.phase), 10 * Math.floor((job.progress?.percent ?? 0) / 10)) : texts.jobs.state[job.state]}
    </p>
  );
}
