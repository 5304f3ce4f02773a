import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, asProblem, idempotent, ifMatch, take, usePagedList } from '@/shared/api';
import type { ListState, Schemas } from '@/shared/api';

export type Schedule = Schemas['Schedule'];

/** The first part of every key of schedules: invalidate it after a change. */
export const scheduleKey = ['schedules'] as const;

export function useSchedulePage(state: ListState, pollMs = 15_000) {
  return usePagedList<Schedule>(scheduleKey, state, (query, signal) => take(api.GET('/api/v1/schedules', { params: { query: query as never }, signal })), { pollMs });
}

/** All of them, up to 500, for pickers. */
export function useAllSchedules() {
  return useQuery({
    queryKey: [...scheduleKey, 'all'],
    queryFn: async ({ signal }) => (await take(api.GET('/api/v1/schedules', { params: { query: { limit: 500, sort: 'name' } }, signal }))).items,
  });
}

export function useSchedule(id: string | undefined) {
  return useQuery({
    queryKey: [...scheduleKey, id],
    queryFn: ({ signal }) => take(api.GET('/api/v1/schedules/{id}', { params: { path: { id: id ?? '' } }, signal })),
    enabled: id !== undefined,
  });
}

function useKeep() {
  const client = useQueryClient();
  return (schedule: Schedule) => {
    client.setQueryData([...scheduleKey, schedule.id], schedule);
    return client.invalidateQueries({ queryKey: scheduleKey });
  };
}

export function useCreateSchedule() {
  const keep = useKeep();
  return useMutation({ mutationFn: (body: Schemas['ScheduleNew']) => take(api.POST('/api/v1/schedules', { body })), onSuccess: keep });
}

/** When one that is not saved would run. */
export function useSchedulePreview(body: Schemas['SchedulePreview'], enabled: boolean) {
  return useQuery({
    queryKey: [...scheduleKey, 'preview', body],
    queryFn: ({ signal }) => take(api.POST('/api/v1/schedules/preview', { body, signal })),
    enabled,
  });
}

/** Whether it runs by itself. */
export function useSwitchSchedule() {
  const keep = useKeep();
  return useMutation({
    mutationFn: ({ schedule, isActive }: { schedule: Schedule; isActive: boolean }) => {
      const how = { params: { path: { id: schedule.id }, header: ifMatch(schedule) } };
      return take(isActive ? api.POST('/api/v1/schedules/{id}/enable', how) : api.POST('/api/v1/schedules/{id}/disable', how));
    },
    onSuccess: keep,
  });
}

export function useDeleteSchedule() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (schedule: Schedule) => take(api.DELETE('/api/v1/schedules/{id}', { params: { path: { id: schedule.id }, header: ifMatch(schedule) } })),
    onSuccess: () => client.invalidateQueries({ queryKey: scheduleKey }),
  });
}

/** The pattern of a change: If-Match, the answer goes into the cache, lists are asked anew. */
export function useChangeSchedule() {
  const client = useQueryClient();
  const keep = useKeep();
  return useMutation({
    mutationFn: ({ schedule, body }: { schedule: Schedule; body: Schemas['ScheduleChange'] }) =>
      take(api.PATCH('/api/v1/schedules/{id}', { params: { path: { id: schedule.id }, header: ifMatch(schedule) }, body })),
    onSuccess: keep,
    // What somebody else has saved meanwhile is wanted at once.
    onError: (problem) => (asProblem(problem).isStale ? client.invalidateQueries({ queryKey: scheduleKey }) : undefined),
  });
}

/** The pattern of a request that makes jobs: the key is made where the person decides, not at each try. */
export function useRunSchedule() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, key }: { id: string; key: string }) =>
      take(api.POST('/api/v1/schedules/{id}/run', { params: { path: { id }, header: idempotent(key) } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['jobs'] }),
  });
}
