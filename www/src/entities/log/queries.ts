import { useQueries, useQuery } from '@tanstack/react-query';
import { api, asProblem, every, take, usePagedList } from '@/shared/api';
import type { ListState, Schemas } from '@/shared/api';

export type LogEntry = Schemas['LogEntry'];
export type LogJob = Schemas['JobDocument'];
export type Noted = Schemas['AuditEvent'];
type Backup = Schemas['Backup'];

export function useLogPage(state: ListState, pollMs = 10_000) {
  return usePagedList<LogEntry>(['logs'], state, (query, signal) => take(api.GET('/api/v1/logs', { params: { query: query as never }, signal })), { pollMs });
}

/** The backups of some entries as they are by themselves, with the version that a change asks for: for what is selected. */
export function useBackupsOfLog(entries: readonly LogEntry[]): readonly Backup[] {
  const ids = entries.flatMap(({ type, backup }) => (type === 'backup' && backup ? [backup.id] : []));
  const answers = useQueries({
    queries: ids.map((id) => ({
      queryKey: ['backups', id],
      queryFn: ({ signal }: { signal: AbortSignal }) => take(api.GET('/api/v1/backups/{id}', { params: { path: { id } }, signal })),
      staleTime: 60_000,
    })),
  });
  return answers.flatMap(({ data }) => data ?? []);
}

/** The file that a job has made; null: there is none. */
export function useBackupOfJob(job_id: string | undefined) {
  return useQuery({
    queryKey: ['backups', 'of-job', job_id],
    queryFn: async ({ signal }): Promise<Backup | null> => {
      for (const state of [undefined, 'deleted']) {
        const { items } = await take(api.GET('/api/v1/backups', { params: { query: { job_id, limit: 1, ...(state ? { state } : {}) } }, signal }));
        if (items[0]) return items[0];
      }
      return null;
    },
    enabled: job_id !== undefined,
    staleTime: 60_000,
  });
}

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

/** All that the audit log has noted of one thing, the newest first, or no more than until what is looked for. */
async function notedOf(query: { object_id: string; action?: string; actor?: string }, signal: AbortSignal, isIt: (event: Noted) => boolean = () => false): Promise<Noted[]> {
  const all: Noted[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await take(api.GET('/api/v1/audit', { params: { query: { ...query, limit: 500, sort: '-seq', cursor } }, signal }));
    all.push(...page.items);
    if (page.cursor === null || page.items.some(isIt)) return all;
    cursor = page.cursor;
  }
}

/**
 * What the audit log has noted of a job and its file, the newest first; for auditors. That somebody asked for the job is noted
 * at what it was asked for (a database, another file), and names the job.
 */
export function useNotedOf(own: readonly string[], about: readonly string[], job: Pick<LogJob, 'id' | 'kind' | 'created_by'> | null) {
  return useQuery({
    queryKey: ['audit', 'of', ...own, ...about],
    queryFn: async ({ signal }) => {
      const isRequest = ({ detail }: Noted) => job !== null && detail.includes(job.id);
      const requestAt = async (object_id: string) =>
        job ? (await notedOf({ object_id, action: `${job.kind}.request`, actor: job.created_by }, signal, isRequest)).filter(isRequest) : [];
      const found = await Promise.all([...own.map((object_id) => notedOf({ object_id }, signal)), ...about.map(requestAt)]);
      return found.flat().sort((one, other) => Number(other.id) - Number(one.id));
    },
    enabled: own.length > 0,
  });
}
