import type { Backup } from '@/entities/backup';
import { useAllDatabases } from '@/entities/database';
import type { Database } from '@/entities/database';
import type { Values } from '@/entities/migration';
import { useAllMssqlServers } from '@/entities/mssql-server';
import type { MssqlServer } from '@/entities/mssql-server';
import { useAllServers } from '@/entities/server';
import type { Server } from '@/entities/server';

export interface Ends {
  databases: readonly Database[];
  servers: readonly Server[];
  mssqlServers: readonly MssqlServer[];
}

/** What there is to move from and to. */
export function useEnds(): { ends: Ends | undefined; error: Error | null; refetch: () => void } {
  const databases = useAllDatabases();
  const servers = useAllServers();
  const mssqlServers = useAllMssqlServers();
  const all = [databases, servers, mssqlServers];
  const isThere = databases.data && servers.data && mssqlServers.data;
  return {
    ends: isThere ? { databases: databases.data, servers: servers.data, mssqlServers: mssqlServers.data } : undefined,
    error: all.find(({ error }) => error)?.error ?? null,
    refetch: () => {
      for (const each of all) if (each.error) void each.refetch();
    },
  };
}

/** The names of both ends, as the confirmation says them. */
export function namesOf({ databases, servers, mssqlServers }: Ends, values: Values, backup: Backup | undefined): { source: string; name: string; server: string } {
  const source = (values.from === 'backup' ? backup : databases.find(({ id }) => id === values.database_id))?.name ?? '';
  if (values.target === 'swap') {
    const replaced = databases.find(({ id }) => id === values.target_database_id);
    return { source, name: replaced?.name ?? '', server: replaced?.server_name ?? '' };
  }
  const server = values.target === 'new' ? servers.find(({ id }) => id === values.server_id) : mssqlServers.find(({ id }) => id === values.mssql_server_id);
  return { source, name: values.database_name.trim(), server: server?.name ?? '' };
}

/** The pools of source and target where they are not the same; else nothing is to be chosen. */
export function poolsOf({ databases, servers, mssqlServers }: Ends, values: Values): string[] {
  const poolOf = (id: string | null) => servers.find((server) => server.id === id)?.pool;
  const ofDatabase = (id: string | null) => poolOf(databases.find((each) => each.id === id)?.server_id ?? null);
  const source = values.from === 'backup' ? poolOf(values.scratch_server_id) : ofDatabase(values.database_id);
  const target =
    values.target === 'swap'
      ? ofDatabase(values.target_database_id)
      : values.target === 'new'
        ? poolOf(values.server_id)
        : mssqlServers.find(({ id }) => id === values.mssql_server_id)?.pool;
  return source !== undefined && target !== undefined && source !== target ? [source, target] : [];
}
