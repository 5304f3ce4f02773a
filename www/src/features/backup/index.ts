export { useBackupActions } from './useBackupActions';
export type { BackupActions } from './useBackupActions';
export { SelectedBackups } from './SelectedBackups';
