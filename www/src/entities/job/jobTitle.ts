import { texts } from '@/shared/texts';
import type { Job } from './queries';

/** "Backup of shop", as tray, notifications and lists call a job. */
export function jobTitle(job: Pick<Job, 'kind' | 'database_name' | 'name'>): string {
  const kind = texts.jobs.kind[job.kind] ?? job.kind;
  const of = job.database_name || job.name;
  return of ? `${kind} of ${of}` : kind;
}
