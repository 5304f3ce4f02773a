export { MssqlServerFormDialog } from './MssqlServerFormDialog';
export { MssqlTestDialog } from './MssqlTestDialog';
