import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, idempotent, ifMatch, take, usePagedList } from '@/shared/api';
import type { ListState, Schemas } from '@/shared/api';

export type Storage = Schemas['Storage'];

/** The first part of every key of storages: invalidate it after a change. */
export const storageKey = ['storages'] as const;

export function useStoragePage(state: ListState, pollMs = 30_000) {
  return usePagedList<Storage>(storageKey, state, (query, signal) => take(api.GET('/api/v1/storages', { params: { query: query as never }, signal })), { pollMs });
}

/** All of them, up to 500, for pickers. */
export function useAllStorages() {
  return useQuery({
    queryKey: [...storageKey, 'all'],
    queryFn: async ({ signal }) => (await take(api.GET('/api/v1/storages', { params: { query: { limit: 500, sort: 'name' } }, signal }))).items,
  });
}

export function useStorage(id: string | undefined) {
  return useQuery({
    queryKey: [...storageKey, id],
    queryFn: ({ signal }) => take(api.GET('/api/v1/storages/{id}', { params: { path: { id: id ?? '' } }, signal })),
    enabled: id !== undefined,
  });
}

function useKeep() {
  const client = useQueryClient();
  return (storage: Storage) => {
    client.setQueryData([...storageKey, storage.id], storage);
    return client.invalidateQueries({ queryKey: storageKey });
  };
}

/** It is probed when it is saved: `check` of the answer says how that went. */
export function useCreateStorage() {
  const keep = useKeep();
  return useMutation({ mutationFn: (body: Schemas['StorageNew']) => take(api.POST('/api/v1/storages', { body })), onSuccess: keep });
}

export function useChangeStorage() {
  const keep = useKeep();
  return useMutation({
    mutationFn: ({ storage, body }: { storage: Storage; body: Schemas['StorageChange'] }) =>
      take(api.PATCH('/api/v1/storages/{id}', { params: { path: { id: storage.id }, header: ifMatch(storage) }, body })),
    onSuccess: keep,
  });
}

/** Writes, reads and deletes a file there. */
export function useTestStorage() {
  const keep = useKeep();
  return useMutation({
    mutationFn: (id: string) => take(api.POST('/api/v1/storages/{id}/test', { params: { path: { id } } })),
    onSuccess: keep,
  });
}

export function useDeleteStorage() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (storage: Storage) => take(api.DELETE('/api/v1/storages/{id}', { params: { path: { id: storage.id }, header: ifMatch(storage) } })),
    onSuccess: () => client.invalidateQueries({ queryKey: storageKey }),
  });
}

/** Makes a job that registers what lies there and is not known. */
export function useRescanStorage() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, key }: { id: string; key: string }) =>
      take(api.POST('/api/v1/storages/{id}/rescan', { params: { path: { id }, header: idempotent(key) } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['jobs'] }),
  });
}
