import type { Job } from '@/entities/job';
import { texts } from '@/shared/texts';
import { Steps as StepsDrawn } from '@/shared/ui';
import { stepsOf } from './phases';

/** Where the job is on its way. */
export function Steps({ job }: { job: Job }) {
  const steps = stepsOf(job);
  if (steps.length === 0 || job.state === 'failed' || job.state === 'cancelled') return null;
  return <StepsDrawn label={texts.job.steps} steps={steps} />;
}
