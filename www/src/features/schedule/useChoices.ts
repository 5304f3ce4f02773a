import { useAllDatabases } from '@/entities/database';
import type { Database } from '@/entities/database';
import { useAllKeys } from '@/entities/key';
import type { Key } from '@/entities/key';
import { useAllServers } from '@/entities/server';
import type { Server } from '@/entities/server';
import { useAllStorages } from '@/entities/storage';
import type { Storage } from '@/entities/storage';

export interface Choices {
  databases: Database[];
  /** By server, where there is more than one. */
  databaseOptions: { group: string; items: { value: string; label: string }[] }[];
  servers: Server[];
  storages: Storage[];
  keys: Key[];
}

/** What a schedule chooses from; undefined until all of it is here. */
export function useChoices(): { choices: Choices | undefined; error: Error | null } {
  const [databases, servers, storages, keys] = [useAllDatabases(), useAllServers(), useAllStorages(), useAllKeys()];
  const error = databases.error ?? servers.error ?? storages.error ?? keys.error;
  if (!databases.data || !servers.data || !storages.data || !keys.data) return { choices: undefined, error };
  const groups = grouped(databases.data);
  return {
    choices: {
      databases: databases.data,
      databaseOptions: [...groups].map(([group, items]) => ({ group, items: items.map(({ id, name }) => ({ value: id, label: name })) })),
      servers: servers.data,
      storages: storages.data,
      keys: keys.data,
    },
    error,
  };
}

function grouped(databases: Database[]): Map<string, Database[]> {
  const groups = new Map<string, Database[]>();
  for (const each of databases) groups.set(each.server_name, [...(groups.get(each.server_name) ?? []), each]);
  return groups;
}
