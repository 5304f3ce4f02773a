import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api, asProblem, every, take, usePagedList } from '@/shared/api';
import type { ListState, Schemas } from '@/shared/api';

export type LogEntry = Schemas['LogEntry'];
export type LogJob = Schemas['JobDocument'];
export type Noted = Schemas['AuditEvent'];
type Backup = Schemas['Backup'];

export function useLogPage(state: ListState, pollMs = 10_000) {
  return usePagedList<LogEntry>(['logs'], state, (query, signal) => take(api.GET('/api/v1/logs', { params: { query: query as never }, signal })), { pollMs });
}

/** The file that a job has made: an entry does not name it, but the file names the job, and is called the same. */
async function findBackup(entry: LogEntry, signal: AbortSignal): Promise<Backup | null> {
  for (const state of [undefined, 'deleted']) {
    const { items } = await take(api.GET('/api/v1/backups', { params: { query: { q: entry.name, limit: 5, ...(state ? { state } : {}) } }, signal }));
    const found = items.find(({ job_id }) => job_id === entry.job_id);
    if (found) return found;
  }
  return null;
}

/**
 * Of backups that have ended well: their file, by the entry's id; null: there is none. All of them come at once, so that a
 * page of a list is drawn once more, not for each.
 */
export function useBackupsOfLog(entries: readonly LogEntry[]): ReadonlyMap<string, Backup | null> {
  const client = useQueryClient();
  const asked = entries.filter(({ type, outcome, name }) => name !== '' && type === 'backup' && outcome === 'succeeded');
  const answer = useQuery({
    queryKey: ['backups', 'of-log', ...asked.map(({ id }) => id)],
    queryFn: async () => {
      const find = (entry: LogEntry) =>
        client.fetchQuery({ queryKey: ['backups', 'of-entry', entry.id], queryFn: ({ signal }) => findBackup(entry, signal), staleTime: 60_000 });
      return new Map(await Promise.all(asked.map(async (entry) => [entry.id, await find(entry)] as const)));
    },
    enabled: asked.length > 0,
    staleTime: 60_000,
  });
  return answer.data ?? NONE;
}

const NONE: ReadonlyMap<string, Backup | null> = new Map();

/** The job with the newest 1000 lines or so of its log; null: it is no job's id. */
export function useLogJob(id: string) {
  return useQuery({
    queryKey: ['jobs', 'with-log', id],
    queryFn: async ({ signal }): Promise<LogJob | null> => {
      try {
        return await take(api.GET('/api/v1/jobs/{id}', { params: { path: { id } }, signal }));
      } catch (error) {
        if (asProblem(error).status === 404) return null;
        throw error;
      }
    },
    refetchInterval: every<LogJob | null>(3_000, (job) => job === null || job.ended_at !== null),
  });
}

/** What the audit log has noted of some things, the newest first; for administrators. */
export function useNotedOf(objectIds: readonly string[], isAllowed: boolean) {
  return useQuery({
    queryKey: ['audit', 'of', ...objectIds],
    queryFn: async ({ signal }) => {
      const pages = await Promise.all(objectIds.map((object_id) => take(api.GET('/api/v1/audit', { params: { query: { object_id, limit: 100, sort: '-seq' } }, signal }))));
      return pages.flatMap(({ items }) => items).sort((one, other) => Number(other.id) - Number(one.id));
    },
    enabled: isAllowed && objectIds.length > 0,
  });
}
