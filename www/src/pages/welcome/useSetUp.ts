import { useRecentBackups } from '@/entities/backup';
import type { Backup } from '@/entities/backup';
import { useAllDatabases } from '@/entities/database';
import type { Database } from '@/entities/database';
import { useAllKeys } from '@/entities/key';
import type { Key } from '@/entities/key';
import { useAllSchedules } from '@/entities/schedule';
import type { Schedule } from '@/entities/schedule';
import { useAllServers } from '@/entities/server';
import type { Server } from '@/entities/server';
import { useAllStorages } from '@/entities/storage';
import type { Storage } from '@/entities/storage';

/** What there is already; of what there are several, the one that the guide goes on with. */
export interface SetUp {
  server: Server | undefined;
  databases: readonly Database[];
  storage: Storage | undefined;
  key: Key | undefined;
  schedule: Schedule | undefined;
  backups: readonly Backup[];
}

export function useSetUp(): { setUp: SetUp | undefined; error: Error | null; refetch: () => void } {
  const servers = useAllServers();
  const databases = useAllDatabases();
  const storages = useAllStorages();
  const keys = useAllKeys();
  const schedules = useAllSchedules();
  const backups = useRecentBackups();
  const all = [servers, databases, storages, keys, schedules, backups];
  const works = <Thing extends { check: { ok: boolean } | null }>(things: readonly Thing[]) => things.find(({ check }) => check?.ok) ?? things[0];
  const setUp =
    servers.data && databases.data && storages.data && keys.data && schedules.data && backups.data
      ? {
          server: works(servers.data),
          databases: databases.data,
          storage: works(storages.data),
          key: keys.data.find(({ has_secret }) => has_secret),
          schedule: schedules.data[0],
          backups: backups.data.items.filter(({ state }) => state === 'good'),
        }
      : undefined;
  return {
    setUp,
    error: all.find(({ error }) => error)?.error ?? null,
    refetch: () => {
      for (const each of all) void each.refetch();
    },
  };
}
