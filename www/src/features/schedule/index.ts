export { howOften, whatIsCovered, whatIsKept } from './describe';
export { DeleteDialog, DisableDialog, RunDialog } from './dialogs';
export { ManualBackupDialog } from './ManualBackupDialog';
export { ScheduleForm } from './ScheduleForm';
export { useChoices } from './useChoices';
export type { Choices } from './useChoices';
export { ScheduleFacts, ViewDialog } from './ViewDialog';
