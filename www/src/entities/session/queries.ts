import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, take } from '@/shared/api';
import type { Schemas } from '@/shared/api';

export type Session = Schemas['Session'];

const sessionKey = ['sessions'] as const;

/** One's own, the newest first; nobody has more than a few. */
export function useSessions() {
  return useQuery({
    queryKey: sessionKey,
    queryFn: async ({ signal }) => (await take(api.GET('/api/v1/sessions', { params: { query: { limit: 100, sort: '-created_at' } }, signal }))).items,
  });
}

export function useEndSession() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => take(api.DELETE('/api/v1/sessions/{id}', { params: { path: { id } } })),
    onSuccess: () => client.invalidateQueries({ queryKey: sessionKey }),
  });
}
