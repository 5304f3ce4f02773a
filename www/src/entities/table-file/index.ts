export { useExport, useImport, useLinkFile, usePreview } from './queries';
export { wrongLinesCsv } from './wrongLines';
export type { Exported, ExportedFile, ImportReport, ImportRequest } from './queries';
