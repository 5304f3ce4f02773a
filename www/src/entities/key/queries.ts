import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ifMatch, take, usePagedList } from '@/shared/api';
import type { ListState, Schemas } from '@/shared/api';

export type Key = Schemas['Key'];

/** The first part of every key of keys: invalidate it after a change. */
export const keyKey = ['keys'] as const;

export function useKeyPage(state: ListState, pollMs = 30_000) {
  return usePagedList<Key>(keyKey, state, (query, signal) => take(api.GET('/api/v1/keys', { params: { query: query as never }, signal })), { pollMs });
}

/** All of them, up to 500, for pickers. */
export function useAllKeys() {
  return useQuery({
    queryKey: [...keyKey, 'all'],
    queryFn: async ({ signal }) => (await take(api.GET('/api/v1/keys', { params: { query: { limit: 500, sort: 'name' } }, signal }))).items,
  });
}

export function useKey(id: string | undefined) {
  return useQuery({
    queryKey: [...keyKey, id],
    queryFn: ({ signal }) => take(api.GET('/api/v1/keys/{id}', { params: { path: { id: id ?? '' } }, signal })),
    enabled: id !== undefined,
  });
}

export function useCreateKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas['KeyNew']) => take(api.POST('/api/v1/keys', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: keyKey }),
  });
}

export function useChangeKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ key, body }: { key: Key; body: Schemas['KeyChange'] }) =>
      take(api.PATCH('/api/v1/keys/{id}', { params: { path: { id: key.id }, header: ifMatch(key) }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: keyKey }),
  });
}

export function useDeleteKey() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (key: Key) => take(api.DELETE('/api/v1/keys/{id}', { params: { path: { id: key.id }, header: ifMatch(key) } })),
    onSuccess: () => client.invalidateQueries({ queryKey: keyKey }),
  });
}

/** The recovery sheet as text, with the secret in it: each call is noted in the audit log, so it is never fetched ahead. */
export function useKeySheet() {
  return useMutation({
    mutationFn: (id: string) => take(api.POST('/api/v1/keys/{id}/sheet', { params: { path: { id } }, parseAs: 'text' })),
    gcTime: 0,
  });
}
