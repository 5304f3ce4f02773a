import { IconCheck } from '@tabler/icons-react';
import type { Job } from '@/entities/job';
import { texts } from '@/shared/texts';
import classes from './JobPage.module.css';
import { stepsOf } from './phases';

const words = texts.job.steps;

/** Where the job is on its way. */
export function Steps({ job }: { job: Job }) {
  const steps = stepsOf(job);
  if (steps.length === 0 || job.state === 'failed' || job.state === 'cancelled') return null;
  return (
    <ol className={classes.steps} aria-label={words.label}>
      {steps.map(({ name, state }, at) => (
        <li key={name} data-state={state} aria-current={state === 'now' ? 'step' : undefined}>
          <span className={classes.dot} aria-hidden>
            {state === 'done' ? <IconCheck size={14} stroke={3} /> : at + 1}
          </span>
          <span>{name}</span>
          <span className="mantine-visually-hidden">({words[state]})</span>
        </li>
      ))}
    </ol>
  );
}
