export { useHaltPresets, useSafetyDays, useSaveSettings } from './queries';
export type { HaltPresets } from './queries';
