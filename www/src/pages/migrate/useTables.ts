import { useBackupTables } from '@/entities/backup';
import { useLive } from '@/entities/database';
import type { Live } from '@/entities/database';
import type { Values } from '@/entities/migration';
import { useSource } from './useSource';

export interface Tables {
  items: Live['items'];
  /** How many there are, of which `items` may be some. */
  count: number;
  /** Rows were counted, not estimated. */
  isCounted: boolean;
}

/** The tables of the source, as the server or the backup tells of them; null: it does not. */
export function useTables(values: Values): { tables: Tables | null; isLoading: boolean } {
  const isBackup = values.from === 'backup';
  const live = useLive(isBackup ? undefined : (values.database_id ?? undefined));
  const { backup } = useSource(values);
  const listed = useBackupTables(isBackup ? (values.source_backup_id ?? undefined) : undefined, { limit: 500 });
  if (!isBackup) {
    const { data, isLoading } = live;
    return { tables: data?.exists ? { items: data.items, count: data.tables ?? 0, isCounted: false } : null, isLoading };
  }
  const items = (listed.data?.items ?? []).filter(({ kind }) => kind === 'table').sort((one, other) => other.rows - one.rows);
  return { tables: items.length > 0 ? { items, count: backup?.tables ?? 0, isCounted: true } : null, isLoading: listed.isLoading };
}
