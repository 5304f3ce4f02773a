import { inPage } from '@/shared/lib/inPage';
import { capital } from '@/shared/lib/words';
import { texts } from '@/shared/texts';
import type { Job } from './queries';

/** "Backup of shop", as tray, notifications and lists call a job. */
export function jobTitle(job: Pick<Job, 'kind' | 'database_name' | 'name'>): string {
  const kind = texts.jobs.kind[job.kind] ?? job.kind;
  // The name of a migration says both ends: "shop to shop2 on main".
  const of = job.kind === 'migrate' || job.kind === 'assess' ? job.name : job.database_name || job.name;
  return of ? `${kind} of ${of}` : kind;
}

/** Why it failed, as a sentence; '' when it did not. */
export function errorText(job: Pick<Job, 'kind' | 'error'>): string {
  return job.error ? capital(inPage(job.error.message, job.kind)) : '';
}
