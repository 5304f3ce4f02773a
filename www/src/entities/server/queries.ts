import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ifMatch, take, usePagedList } from '@/shared/api';
import type { ListState, Schemas } from '@/shared/api';

export type Server = Schemas['Server'];
export type FoundDatabase = Schemas['FoundDatabase'];

/** The first part of every key of servers: invalidate it after a change. */
export const serverKey = ['servers'] as const;

export function useServerPage(state: ListState, pollMs = 30_000) {
  return usePagedList<Server>(serverKey, state, (query, signal) => take(api.GET('/api/v1/servers', { params: { query: query as never }, signal })), { pollMs });
}

/** All of them, up to 500, for pickers. */
export function useAllServers() {
  return useQuery({
    queryKey: [...serverKey, 'all'],
    queryFn: async ({ signal }) => (await take(api.GET('/api/v1/servers', { params: { query: { limit: 500, sort: 'name' } }, signal }))).items,
  });
}

export function useServer(id: string | undefined) {
  return useQuery({
    queryKey: [...serverKey, id],
    queryFn: ({ signal }) => take(api.GET('/api/v1/servers/{id}', { params: { path: { id: id ?? '' } }, signal })),
    enabled: id !== undefined,
  });
}

/** What it has told goes into the cache, and lists are asked anew. */
function useKeep() {
  const client = useQueryClient();
  return (server: Server) => {
    client.setQueryData([...serverKey, server.id], server);
    return client.invalidateQueries({ queryKey: serverKey });
  };
}

/** It is tested when it is saved: `check` of the answer says how that went. */
export function useCreateServer() {
  const keep = useKeep();
  return useMutation({ mutationFn: (body: Schemas['ServerNew']) => take(api.POST('/api/v1/servers', { body })), onSuccess: keep });
}

export function useChangeServer() {
  const keep = useKeep();
  return useMutation({
    mutationFn: ({ server, body }: { server: Server; body: Schemas['ServerChange'] }) =>
      take(api.PATCH('/api/v1/servers/{id}', { params: { path: { id: server.id }, header: ifMatch(server) }, body })),
    onSuccess: keep,
  });
}

export function useTestServer() {
  const keep = useKeep();
  return useMutation({
    mutationFn: (id: string) => take(api.POST('/api/v1/servers/{id}/test', { params: { path: { id } } })),
    onSuccess: keep,
  });
}

export function useDeleteServer() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (server: Server) => take(api.DELETE('/api/v1/servers/{id}', { params: { path: { id: server.id }, header: ifMatch(server) } })),
    // Not itself: its page still stands, and would ask for what is gone.
    onSuccess: (_, server) => client.invalidateQueries({ queryKey: serverKey, predicate: ({ queryKey }) => queryKey[1] !== server.id }),
  });
}

/** Asks the server itself, so only when it is shown. */
export function useFoundDatabases(id: string, isEnabled: boolean) {
  return useQuery({
    queryKey: [...serverKey, id, 'found'],
    queryFn: async ({ signal }) => (await take(api.GET('/api/v1/servers/{id}/databases', { params: { path: { id } }, signal }))).items,
    enabled: isEnabled,
    staleTime: 60_000,
    retry: false,
  });
}

export function useRegisterDatabases(id: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (names: string[]) => take(api.POST('/api/v1/servers/{id}/databases', { params: { path: { id } }, body: { names } })),
    onSuccess: (answer) => {
      client.setQueryData([...serverKey, id, 'found'], answer.items);
      return client.invalidateQueries({ queryKey: ['databases'] });
    },
  });
}
