export { BackupStatus } from './BackupStatus';
export { ProofStatus } from './ProofStatus';
export { backupKey, useAllBackups, useBackup, useBackupHistories, useBackupPage, useRecentBackups, useStartBackup } from './queries';
export type { Backup } from './queries';
