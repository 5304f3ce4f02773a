import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ifMatch, take, usePagedList } from '@/shared/api';
import type { ListState, Schemas } from '@/shared/api';

export type MssqlServer = Schemas['MssqlServer'];
export type MssqlCheck = Schemas['MssqlCheck'];

/** The first part of every key of SQL Servers: invalidate it after a change. */
export const mssqlServerKey = ['mssql-servers'] as const;

export function useMssqlServerPage(state: ListState, pollMs = 30_000) {
  return usePagedList<MssqlServer>(
    mssqlServerKey,
    state,
    (query, signal) => take(api.GET('/api/v1/mssql-servers', { params: { query: query as never }, signal })),
    { pollMs },
  );
}

/** All of them, up to 500, for pickers. */
export function useAllMssqlServers() {
  return useQuery({
    queryKey: [...mssqlServerKey, 'all'],
    queryFn: async ({ signal }) => (await take(api.GET('/api/v1/mssql-servers', { params: { query: { limit: 500, sort: 'name' } }, signal }))).items,
  });
}

export function useMssqlServer(id: string | undefined) {
  return useQuery({
    queryKey: [...mssqlServerKey, id],
    queryFn: ({ signal }) => take(api.GET('/api/v1/mssql-servers/{id}', { params: { path: { id: id ?? '' } }, signal })),
    enabled: id !== undefined,
  });
}

/** What it has told goes into the cache, and lists are asked anew. */
function useKeep() {
  const client = useQueryClient();
  return (server: MssqlServer) => {
    client.setQueryData([...mssqlServerKey, server.id], server);
    return client.invalidateQueries({ queryKey: mssqlServerKey });
  };
}

/** It is not tested by that: the test needs the name of a database. */
export function useCreateMssqlServer() {
  const keep = useKeep();
  return useMutation({ mutationFn: (body: Schemas['MssqlServerNew']) => take(api.POST('/api/v1/mssql-servers', { body })), onSuccess: keep });
}

export function useChangeMssqlServer() {
  const keep = useKeep();
  return useMutation({
    mutationFn: ({ server, body }: { server: MssqlServer; body: Schemas['MssqlServerChange'] }) =>
      take(api.PATCH('/api/v1/mssql-servers/{id}', { params: { path: { id: server.id }, header: ifMatch(server) }, body })),
    onSuccess: keep,
  });
}

export function useDeleteMssqlServer() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (server: MssqlServer) =>
      take(api.DELETE('/api/v1/mssql-servers/{id}', { params: { path: { id: server.id }, header: ifMatch(server) } })),
    onSuccess: () => client.invalidateQueries({ queryKey: mssqlServerKey }),
  });
}

/** Whether a database could be moved there, step by step. A password that is not kept goes along, for this once. */
export function useTestMssqlServer() {
  return useMutation({
    mutationFn: ({ id, body }: { id: string; body: Schemas['MssqlTest'] }) =>
      take(api.POST('/api/v1/mssql-servers/{id}/test', { params: { path: { id } }, body })),
    gcTime: 0, // the password leaves the cache with the page
  });
}
