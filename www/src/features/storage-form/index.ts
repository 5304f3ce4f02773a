export { StorageForm } from './StorageForm';
export { StorageFormDialog } from './StorageFormDialog';
