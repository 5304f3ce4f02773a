export { useExport, useImport, useLinkFile, usePreview } from './queries';
export type { Exported, ExportedFile, ImportReport, ImportRequest } from './queries';
