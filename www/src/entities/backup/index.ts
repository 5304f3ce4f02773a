export { BackupStatus } from './BackupStatus';
export { ProofStatus } from './ProofStatus';
export {
  backupKey,
  useAllBackups,
  useBackup,
  useBackupHistory,
  useBackupPage,
  useBackupsOfKey,
  useBackupTables,
  useDeleteBackup,
  useLinkBackup,
  usePinBackup,
  useRecentBackups,
  useStartBackup,
  useTestKey,
  useVerifyBackup,
  useWholeBackup,
} from './queries';
export type { Backup } from './queries';
