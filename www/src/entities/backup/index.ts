export { BackupStatus } from './BackupStatus';
export { ProofStatus } from './ProofStatus';
export {
  backupKey,
  useAllBackups,
  useBackup,
  useBackupHistory,
  useBackupPage,
  useDeleteBackup,
  useLinkBackup,
  usePinBackup,
  useRecentBackups,
  useStartBackup,
  useVerifyBackup,
} from './queries';
export type { Backup } from './queries';
