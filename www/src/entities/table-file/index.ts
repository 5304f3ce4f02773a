export { useExport, useLinkFile } from './queries';
export type { Exported, ExportedFile } from './queries';
