export { BackupStatus } from './BackupStatus';
export { backupKey, useAllBackups, useBackup, useBackupPage } from './queries';
export type { Backup } from './queries';
