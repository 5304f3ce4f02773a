export { ServerForm } from './ServerForm';
export { ServerFormDialog } from './ServerFormDialog';
