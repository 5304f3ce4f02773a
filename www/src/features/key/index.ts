export { KeyFormDialog } from './KeyFormDialog';
export { OpensDialog } from './OpensDialog';
export { RenameDialog } from './RenameDialog';
export { RemoveDialog } from './RemoveDialog';
export { TestDialog } from './TestDialog';
