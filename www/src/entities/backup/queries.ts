import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, every, idempotent, ifMatch, take, usePagedList } from '@/shared/api';
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

/** Asks for one as it is now, for a change of it. */
export function useWholeBackup(): (id: string) => Promise<Backup> {
  const client = useQueryClient();
  return (id) =>
    client.fetchQuery({ queryKey: [...backupKey, id], queryFn: ({ signal }) => take(api.GET('/api/v1/backups/{id}', { params: { path: { id } }, signal })) });
}

/** The newest 500 of all databases; `isAll` when there are no more. */
export function useRecentBackups(pollMs = 30_000) {
  return useQuery({
    queryKey: [...backupKey, 'recent'],
    queryFn: async ({ signal }) => {
      const page = await take(api.GET('/api/v1/backups', { params: { query: { limit: 500, sort: '-created_at' } }, signal }));
      return { items: page.items, isAll: page.cursor === null };
    },
    refetchInterval: every<{ items: Backup[]; isAll: boolean }>(pollMs),
  });
}

/** The newest backups that a key opens, by its fingerprint. */
export function useBackupsOfKey(fingerprint: string, limit = 20) {
  return useQuery({
    queryKey: [...backupKey, 'of key', fingerprint, limit],
    queryFn: async ({ signal }) => (await take(api.GET('/api/v1/backups', { params: { query: { fingerprint, limit, sort: '-created_at' } }, signal }))).items,
  });
}

/** The newest backups of one database; without an id nothing is asked. */
export function useBackupHistory(database_id: string | undefined, limit = 12) {
  return useQuery({
    queryKey: [...backupKey, 'history', database_id, limit],
    queryFn: async ({ signal }) => (await take(api.GET('/api/v1/backups', { params: { query: { database_id, limit, sort: '-created_at' } }, signal }))).items,
    enabled: database_id !== undefined,
    staleTime: 60_000,
  });
}

/** Makes the job of a backup. */
export function useStartBackup() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ body, key }: { body: Schemas['BackupNew']; key: string }) =>
      take(api.POST('/api/v1/backups', { params: { header: idempotent(key) }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['jobs'] }),
  });
}

/** Pinned ones are not deleted, neither by retention nor by hand. */
export function usePinBackup() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ backup, isPinned }: { backup: Backup; isPinned: boolean }) =>
      take(api.PATCH('/api/v1/backups/{id}', { params: { path: { id: backup.id }, header: ifMatch(backup) }, body: { is_pinned: isPinned } })),
    // DB Logs tell of it, too.
    onSuccess: () => client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] === backupKey[0] || queryKey[0] === 'logs' }),
  });
}

/** Makes the job of a proof. */
export function useVerifyBackup() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, body, key }: { id: string; body: Schemas['Verification']; key: string }) =>
      take(api.POST('/api/v1/backups/{id}/verify', { params: { path: { id }, header: idempotent(key) }, body })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['jobs'] }),
  });
}

/** Whether a key opens it, by the head of its file alone; the key itself is not kept. */
export function useTestKey() {
  return useMutation({
    mutationFn: ({ id, body }: { id: string; body: Schemas['KeyTest'] }) =>
      take(api.POST('/api/v1/backups/{id}/test-key', { params: { path: { id } }, body })),
    gcTime: 0,
  });
}

/** What it holds of each table; `reason` says why not all are known. */
export function useBackupTables(id: string | undefined, query: { q?: string; limit?: number; cursor?: string } = {}) {
  return useQuery({
    queryKey: [...backupKey, id, 'tables', query],
    queryFn: ({ signal }) => take(api.GET('/api/v1/backups/{id}/tables', { params: { path: { id: id ?? '' }, query }, signal })),
    enabled: id !== undefined,
    staleTime: 60_000,
  });
}

/** Makes the job that deletes the file. */
export function useDeleteBackup() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, key }: { id: string; key: string }) =>
      take(api.DELETE('/api/v1/backups/{id}', { params: { path: { id }, header: idempotent(key) } })),
    onSuccess: () => client.invalidateQueries({ queryKey: ['jobs'] }),
  });
}

/** A link that works once, for five minutes. */
export function useLinkBackup() {
  return useMutation({ mutationFn: (id: string) => take(api.POST('/api/v1/backups/{id}/download', { params: { path: { id } } })) });
}
