export { keptCopies, useKeptCopies } from './copies';
export type { KeptCopy } from './copies';
export { isWarning, lacksRoles } from './findings';
export { preflightKey, useCreatePreflight, usePreflight, useStartRestore, useUndoRestore, useUpload } from './queries';
export type { Finding, Mode, Preflight, PreflightRequest, PreflightResult } from './queries';
