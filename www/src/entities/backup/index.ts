export { BackupStatus } from './BackupStatus';
export { ProofStatus } from './ProofStatus';
export {
  backupKey,
  useAllBackups,
  useBackup,
  useBackupHistory,
  useBackupPage,
  useBackupTables,
  useDeleteBackup,
  useLinkBackup,
  usePinBackup,
  useRecentBackups,
  useStartBackup,
  useTestKey,
  useVerifyBackup,
} from './queries';
export type { Backup } from './queries';
