import { useQuery } from '@tanstack/react-query';
import { api, every, take } from '@/shared/api';
import type { Schemas } from '@/shared/api';

type Job = Schemas['Job'];

/** What a restore, a migration or an undo has replaced and kept. */
export interface KeptCopy {
  /** The name of the database in which it is. */
  copy: string;
  until: string;
  /** The job that replaced it, and when that was. */
  jobId: string;
  kind: string;
  since: string;
}

const text = (job: Job, name: string): string | null => {
  const value = job.result?.[name];
  return typeof value === 'string' ? value : null;
};

/** What can still be brought back, the newest first, by what jobs have said: kept, not yet expired, not yet brought back. */
export function keptCopies(jobs: readonly Job[], now: Date): KeptCopy[] {
  const gone = new Set(jobs.filter((job) => job.kind === 'undo').map((job) => text(job, 'copy')));
  return jobs
    .flatMap((job) => {
      const copy = text(job, 'kept');
      const until = text(job, 'kept_until');
      if (copy === null || until === null || gone.has(copy) || new Date(until) <= now) return [];
      return [{ copy, until, jobId: job.id, kind: job.kind, since: job.ended_at ?? job.created_at }];
    })
    .sort((one, other) => other.since.localeCompare(one.since));
}

/** Of one database. The API has no list of them: the newest restores, undos and migrations tell. A migration is of its source; its result names what it replaced. */
export function useKeptCopies(databaseId: string | undefined) {
  return useQuery({
    queryKey: ['jobs', 'kept', databaseId],
    queryFn: async ({ signal }) => {
      const lists = await Promise.all(
        (['restore', 'undo', 'migrate'] as const).map((kind) =>
          take(api.GET('/api/v1/jobs', { params: { query: { kind, ...(kind === 'migrate' ? {} : { database_id: databaseId ?? '' }), state: 'succeeded', limit: 100 } }, signal })),
        ),
      );
      const jobs = lists.flatMap((list) => list.items);
      return keptCopies(jobs.filter((job) => job.kind !== 'migrate' || text(job, 'target_database_id') === databaseId), new Date());
    },
    enabled: databaseId !== undefined,
    refetchInterval: every<KeptCopy[]>(30_000),
  });
}
