import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, every, idempotent, ifMatch, take, usePagedList } from '@/shared/api';
import type { ListState, Schemas } from '@/shared/api';

export type Database = Schemas['Database'];
export type Live = Schemas['Live'];

/** The first part of every key of databases: invalidate it after a change. */
export const databaseKey = ['databases'] as const;

export function useDatabasePage(state: ListState, pollMs = 15_000) {
  return usePagedList<Database>(databaseKey, state, (query, signal) => take(api.GET('/api/v1/databases', { params: { query: query as never }, signal })), { pollMs });
}

/** All of them, by name. */
export function useAllDatabases(pollMs?: number) {
  return useQuery({
    queryKey: [...databaseKey, 'all'],
    queryFn: async ({ signal }) => {
      const all: Database[] = [];
      let cursor: string | undefined;
      do {
        const page = await take(api.GET('/api/v1/databases', { params: { query: { limit: 500, sort: 'name', cursor } }, signal }));
        all.push(...page.items);
        cursor = page.cursor ?? undefined;
      } while (cursor !== undefined);
      return all;
    },
    refetchInterval: pollMs ? every<Database[]>(pollMs) : false,
  });
}

export function useDatabase(id: string | undefined, pollMs?: number) {
  return useQuery({
    queryKey: [...databaseKey, id],
    queryFn: ({ signal }) => take(api.GET('/api/v1/databases/{id}', { params: { path: { id: id ?? '' } }, signal })),
    enabled: id !== undefined,
    refetchInterval: pollMs ? every<Database>(pollMs) : false,
  });
}

/** What a migration has closed. */
export function useOpenDatabase() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, key }: { id: string; key: string }) =>
      take(api.POST('/api/v1/databases/{id}/open', { params: { path: { id }, header: idempotent(key) } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['jobs'] }),
  });
}

/** What it holds at this moment, as its server is asked: not again and again, for the server is somebody's at work. */
export function useLive(id: string | undefined) {
  return useQuery({
    queryKey: [...databaseKey, id, 'live'],
    queryFn: ({ signal }) => take(api.GET('/api/v1/databases/{id}/live', { params: { path: { id: id ?? '' } }, signal })),
    enabled: id !== undefined,
    staleTime: 60_000,
    retry: false,
  });
}

/** After how long without a good backup there is an alarm. */
export function useChangeDatabase() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ database, body }: { database: Database; body: Schemas['DatabaseChange'] }) =>
      take(api.PATCH('/api/v1/databases/{id}', { params: { path: { id: database.id }, header: ifMatch(database) }, body })),
    onSuccess: (changed) => {
      client.setQueryData([...databaseKey, changed.id], changed);
      return client.invalidateQueries({ queryKey: databaseKey });
    },
  });
}

/** `leave` where a restore has kept something for an undo, or a migration has it closed: else it is refused. */
export function useDeleteDatabase() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ database, leave }: { database: Database; leave?: 'copies' | 'closed' }) =>
      take(
        api.DELETE('/api/v1/databases/{id}', {
          params: { path: { id: database.id }, header: ifMatch(database), query: leave ? { [leave]: 'leave' } : {} },
        }),
      ),
    // Not itself: its page still stands, and would ask for what is gone.
    onSuccess: (_, { database }) => {
      void client.invalidateQueries({ queryKey: ['servers'] });
      return client.invalidateQueries({ queryKey: databaseKey, predicate: ({ queryKey }) => queryKey[1] !== database.id });
    },
  });
}
