import { useBackup } from '@/entities/backup';
import type { Backup } from '@/entities/backup';
import { needsKey, useAllKeys } from '@/entities/key';
import type { Values } from '@/entities/migration';

/** The backup that is read, if it is one, and whether its key is to be asked for. */
export function useSource({ from, source_backup_id }: Values): { backup: Backup | undefined; lacksKey: boolean } {
  const backup = useBackup(from === 'backup' ? (source_backup_id ?? undefined) : undefined).data;
  const keys = useAllKeys().data;
  return { backup, lacksKey: backup !== undefined && keys !== undefined && needsKey(backup.fingerprints, keys) };
}
