import { useBackup } from '@/entities/backup';
import type { Backup } from '@/entities/backup';
import { needsKey, useAllKeys } from '@/entities/key';
import type { Values } from '@/entities/migration';

/** The backup that is read, if it is one, and whether its key is to be asked for, which is not known while it loads. */
export function useSource({ from, source_backup_id }: Values): { backup: Backup | undefined; lacksKey: boolean; isLoading: boolean } {
  const { data: backup, isLoading } = useBackup(from === 'backup' ? (source_backup_id ?? undefined) : undefined);
  const keys = useAllKeys();
  return {
    backup,
    lacksKey: backup !== undefined && keys.data !== undefined && needsKey(backup.fingerprints, keys.data),
    isLoading: isLoading || (from === 'backup' && keys.isLoading),
  };
}
