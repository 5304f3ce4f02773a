import { useMutation, useQueryClient } from '@tanstack/react-query';
import { api, ifMatch, take, usePagedList } from '@/shared/api';
import type { ListState, Schemas } from '@/shared/api';

export type Token = Schemas['Token'];

const tokenKey = ['tokens'] as const;

export function useTokenPage(state: ListState) {
  return usePagedList<Token>(tokenKey, state, (query, signal) => take(api.GET('/api/v1/tokens', { params: { query: query as never }, signal })));
}

/** The answer holds the token itself, this once: it goes into no cache. */
export function useCreateToken() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: Schemas['TokenNew']) => take(api.POST('/api/v1/tokens', { body })),
    onSuccess: () => client.invalidateQueries({ queryKey: tokenKey }),
    gcTime: 0,
  });
}

export function useDeleteToken() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (token: Token) => take(api.DELETE('/api/v1/tokens/{id}', { params: { path: { id: token.id }, header: ifMatch(token) } })),
    onSuccess: () => client.invalidateQueries({ queryKey: tokenKey }),
  });
}
