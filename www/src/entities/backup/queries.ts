import { useQuery } from '@tanstack/react-query';
import { api, take, usePagedList } from '@/shared/api';
import type { ListState, Schemas } from '@/shared/api';

export type Backup = Schemas['Backup'];

/** The first part of every key of backups: invalidate it after a change. */
export const backupKey = ['backups'] as const;

export function useBackupPage(state: ListState, pollMs = 15_000) {
  return usePagedList<Backup>(backupKey, state, (query, signal) => take(api.GET('/api/v1/backups', { params: { query: query as never }, signal })), { pollMs });
}

/** All of them, up to 500, for pickers. */
export function useAllBackups() {
  return useQuery({
    queryKey: [...backupKey, 'all'],
    queryFn: async ({ signal }) => (await take(api.GET('/api/v1/backups', { params: { query: { limit: 500, sort: '-created_at' } }, signal }))).items,
  });
}

export function useBackup(id: string | undefined) {
  return useQuery({
    queryKey: [...backupKey, id],
    queryFn: ({ signal }) => take(api.GET('/api/v1/backups/{id}', { params: { path: { id: id ?? '' } }, signal })),
    enabled: id !== undefined,
  });
}

