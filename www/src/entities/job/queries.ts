import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, every, take, usePagedList } from '@/shared/api';
import type { ListState, Schemas } from '@/shared/api';

export type Job = Schemas['Job'];
export type JobState = Schemas['JobState'];

/** The first part of every key of jobs: invalidate it after a request that makes one. */
export const jobKey = ['jobs'] as const;

export function isEnded(state: JobState): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled';
}

export function useJobPage(state: ListState, pollMs = 5_000) {
  return usePagedList<Job>(jobKey, state, (query, signal) => take(api.GET('/api/v1/jobs', { params: { query: query as never }, signal })), { pollMs });
}

/** Of what is open no more is listed at once. */
export const MOST_OPEN = 100;

/** What runs or waits, of very much the oldest. Asked every two seconds while there is something, every ten while there is not. */
export function useOpenJobs() {
  return useQuery({
    queryKey: [...jobKey, 'open'],
    queryFn: async ({ signal }) => {
      const { items } = await take(api.GET('/api/v1/jobs', { params: { query: { state: 'open', limit: MOST_OPEN, sort: 'created_at' } }, signal }));
      const isRunning = ({ state }: Job) => state === 'running';
      return [...items.filter(isRunning), ...items.filter((job) => !isRunning(job))];
    },
    refetchInterval: (query) => every<Job[]>(query.state.data?.length ? 2_000 : 10_000)(query),
  });
}

/** The restore or undo that is about to replace the database, or waits to; not the one whose page this is. */
export function useReplacing(database_id: string | null | undefined, own?: string): Job | undefined {
  const jobs = useOpenJobs().data;
  if (!database_id) return undefined;
  return jobs?.find((job) => job.database_id === database_id && job.id !== own && (job.kind === 'restore' || job.kind === 'undo'));
}

export function useCancelJob() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => take(api.POST('/api/v1/jobs/{id}/cancel', { params: { path: { id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: jobKey }),
  });
}

const TOLD = ['backup', 'restore', 'undo', 'verify', 'migrate'];
const LOOKED_AT = ['preflight', 'assess']; // by whoever has asked for them, and waits

/** The newest that ended and that somebody would want to know of: of what runs by itself at every turn, failures alone. */
export function useEndedLately() {
  return useQuery({
    queryKey: [...jobKey, 'ended'],
    queryFn: async ({ signal }) => (await take(api.GET('/api/v1/jobs', { params: { query: { limit: 50, sort: '-created_at' } }, signal }))).items,
    select: (jobs) => jobs.filter(({ state, kind }) => isEnded(state) && !LOOKED_AT.includes(kind) && (TOLD.includes(kind) || state === 'failed')),
    refetchInterval: every<Job[]>(60_000),
  });
}

/** What failed, the newest first, to look at: not more than `limit`. */
export function useFailedJobs(limit = 50) {
  return useQuery({
    queryKey: [...jobKey, 'failed', limit],
    queryFn: async ({ signal }) => (await take(api.GET('/api/v1/jobs', { params: { query: { state: 'failed', limit, sort: '-created_at' } }, signal }))).items,
    refetchInterval: every<Job[]>(30_000),
  });
}

/** The newest restore of a database that succeeded; null: none has. */
export function useLastRestoreJob(database_id: string | undefined) {
  return useQuery({
    queryKey: [...jobKey, 'last restore', database_id],
    queryFn: async ({ signal }) => {
      const query = { kind: 'restore', database_id: database_id ?? '', state: 'succeeded', limit: 1, sort: '-created_at' } as const;
      return (await take(api.GET('/api/v1/jobs', { params: { query }, signal }))).items[0] ?? null;
    },
    enabled: database_id !== undefined,
    staleTime: 60_000,
  });
}

/** The newest backup of a database that has ended, however it ended; null: none has. */
export function useLastBackupJob(database_id: string) {
  return useQuery({
    queryKey: [...jobKey, 'last backup', database_id],
    queryFn: async ({ signal }) => {
      const query = { kind: 'backup', database_id, limit: 5, sort: '-created_at' } as const;
      return (await take(api.GET('/api/v1/jobs', { params: { query }, signal }))).items;
    },
    select: (jobs) => jobs.find(({ state }) => isEnded(state)) ?? null,
    refetchInterval: every<Job[]>(30_000),
  });
}

/** The newest jobs of a schedule, closely while one of them is open. */
export function useScheduleJobs(schedule_id: string | undefined, limit = 100) {
  return useQuery({
    queryKey: [...jobKey, 'of schedule', schedule_id, limit],
    queryFn: async ({ signal }) => (await take(api.GET('/api/v1/jobs', { params: { query: { schedule_id, limit, sort: '-created_at' } }, signal }))).items,
    enabled: schedule_id !== undefined,
    refetchInterval: (query) => every<Job[]>(query.state.data?.some(({ state }) => !isEnded(state)) ? 1_000 : 10_000)(query),
  });
}
