import { lazy } from 'react';

export { howOften, whatIsCovered, whatIsKept } from './describe';
export { DeleteDialog, DisableDialog, RunDialog } from './dialogs';
export { ScheduleFacts } from './ScheduleFacts';
export { ScheduleForm } from './ScheduleForm';
export { useChoices } from './useChoices';
export type { Choices } from './useChoices';

// For <LateDialog>.
export const ManualBackupDialog = lazy(() => import('./ManualBackupDialog'));
export const ViewDialog = lazy(() => import('./ViewDialog'));
