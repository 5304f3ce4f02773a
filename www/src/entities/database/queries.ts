import { useQuery } from '@tanstack/react-query';
import { api, take, usePagedList } from '@/shared/api';
import type { ListState, Schemas } from '@/shared/api';

export type Database = Schemas['Database'];

/** The first part of every key of databases: invalidate it after a change. */
export const databaseKey = ['databases'] as const;

export function useDatabasePage(state: ListState, pollMs = 15_000) {
  return usePagedList<Database>(databaseKey, state, (query, signal) => take(api.GET('/api/v1/databases', { params: { query: query as never }, signal })), { pollMs });
}

/** All of them, up to 500, for pickers. */
export function useAllDatabases() {
  return useQuery({
    queryKey: [...databaseKey, 'all'],
    queryFn: async ({ signal }) => (await take(api.GET('/api/v1/databases', { params: { query: { limit: 500, sort: 'name' } }, signal }))).items,
  });
}

export function useDatabase(id: string | undefined) {
  return useQuery({
    queryKey: [...databaseKey, id],
    queryFn: ({ signal }) => take(api.GET('/api/v1/databases/{id}', { params: { path: { id: id ?? '' } }, signal })),
    enabled: id !== undefined,
  });
}

