export { useHaltPresets, useReportDays, useSafetyDays, useSaveSettings } from './queries';
export type { HaltPresets } from './queries';
