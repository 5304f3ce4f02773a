export { MssqlServerFormDialog } from './MssqlServerFormDialog';
export { MssqlTestDialog } from './MssqlTestDialog';
export { trustOf } from './values';
