import type { Backup } from '@/entities/backup';
import type { Key } from '@/entities/key';

/** The backups that the key opens: those that name its fingerprint. */
export function openedBy(key: Pick<Key, 'fingerprint'>, backups: readonly Backup[]): Backup[] {
  return backups.filter(({ fingerprints }) => fingerprints.includes(key.fingerprint));
}
