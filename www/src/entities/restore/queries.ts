import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, asProblem, every, idempotent, take } from '@/shared/api';
import type { Schemas } from '@/shared/api';

export type PreflightRequest = Schemas['PreflightNew'];
export type Mode = NonNullable<PreflightRequest['mode']>;

export interface Finding {
  fatal: boolean;
  text: string;
}

/** What the API gives as an object of its own: see worker/jobs/preflight.c. */
export interface PreflightResult {
  ok: boolean;
  code: string | null;
  message: string | null;
  findings: Finding[];
}

export interface Preflight extends Omit<Schemas['Preflight'], 'request' | 'result'> {
  request: PreflightRequest;
  result: PreflightResult | null;
}

export const preflightKey = ['preflights'] as const;

export function useCreatePreflight() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ body, key }: { body: PreflightRequest; key: string }) =>
      take(api.POST('/api/v1/preflights', { params: { header: idempotent(key) }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['jobs'] }),
  });
}

/** Asked until it has a result. */
export function usePreflight(id: string) {
  return useQuery({
    queryKey: [...preflightKey, id],
    queryFn: async ({ signal }) => (await take(api.GET('/api/v1/preflights/{id}', { params: { path: { id } }, signal }))) as unknown as Preflight,
    refetchInterval: every<Preflight>(700, (preflight) => preflight.result !== null),
  });
}

export function useStartRestore() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ body, key }: { body: Schemas['RestoreNew']; key: string }) =>
      take(api.POST('/api/v1/restores', { params: { header: idempotent(key) }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['jobs'] }),
  });
}

export function useUndoRestore() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ database_id, body, key }: { database_id: string; body: Schemas['UndoNew']; key: string }) =>
      take(api.POST('/api/v1/databases/{id}/undo', { params: { path: { id: database_id }, header: idempotent(key) }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['jobs'] }),
  });
}

/** What an upload has become; null: there is no such upload any more. */
export function useUpload(id: string | null) {
  return useQuery({
    queryKey: ['uploads', id],
    queryFn: async ({ signal }) => {
      try {
        return await take(api.GET('/api/v1/uploads/{id}', { params: { path: { id: id ?? '' } }, signal }));
      } catch (error) {
        if (asProblem(error).status === 404) return null;
        throw error;
      }
    },
    enabled: id !== null,
  });
}
