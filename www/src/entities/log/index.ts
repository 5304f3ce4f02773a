export { useBackupOfJob, useBackupsOfLog, useLogJob, useLogPage, useNotedOf } from './queries';
export type { LogEntry, LogJob, Noted } from './queries';
