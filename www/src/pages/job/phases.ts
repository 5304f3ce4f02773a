import type { Job } from '@/entities/job';
import { capital } from '@/shared/lib/words';
import { texts } from '@/shared/texts';
import type { Step } from '@/shared/ui';

/** Which step of the kind a phase belongs to; phases that are not here leave the step as it is. */
const STEPS: Record<string, Record<string, number>> = {
  restore: {
    starting: 0,
    preflight: 0,
    'checking the archive': 0,
    'creating the schema': 1,
    'loading rows and building indexes': 1,
    'proving and finishing': 1,
    finishing: 1,
    'backing up what is to be replaced': 1,
    'halting services': 2,
    swapping: 2,
    'resuming services': 2,
    'backing up what was replaced': 3,
  },
  migrate: {
    starting: 0,
    'backing up the source': 0,
    'looking at the backup': 0,
    preflight: 0,
    preparing: 0,
    'taking the snapshot': 0,
    measuring: 0,
    'looking at what is loaded': 0,
    'looking at what stands in the way': 0,
    'creating the schema': 1,
    'loading rows and building indexes': 1,
    'making tables': 1,
    loading: 1,
    'looking for the row that is refused': 1,
    'making keys and indexes': 1,
    'proving and finishing': 2,
    proving: 2,
    'looking for the difference': 2,
    swapping: 2,
  },
  backup: { starting: 0, 'taking the snapshot': 0, 'copying rows': 1, 'copying large objects': 1, finishing: 2 },
};

/** The way of a job, step by step; empty for kinds that have one step. A job that failed stands where it ended. */
export function stepsOf(job: Pick<Job, 'kind' | 'phase' | 'state' | 'database_id'>): Step[] {
  const names = (texts.job.phases as Record<string, string[] | undefined>)[job.kind];
  if (!names) return [];
  const isDone = job.state === 'succeeded';
  const at = job.state === 'queued' ? -1 : (STEPS[job.kind]?.[job.phase] ?? 0);
  const steps = names.map((name, step): Step => ({ name, state: isDone || step < at ? 'done' : step === at ? 'now' : 'next' }));
  // Into a new database nothing is swapped.
  return job.kind === 'restore' && job.database_id === null ? steps.filter((_, step) => step < 2 || step === steps.length - 1) : steps;
}

/** The swap is done, and what comes yet is nothing that anybody waits for. */
export function isSwapped({ kind, phase, state, database_id }: Pick<Job, 'kind' | 'phase' | 'state' | 'database_id'>): boolean {
  return kind === 'restore' && state === 'running' && database_id !== null && STEPS.restore?.[phase] === 3;
}

export function phaseName(phase: string): string {
  return texts.job.phase[phase] ?? capital(phase);
}
