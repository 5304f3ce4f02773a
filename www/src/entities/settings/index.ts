export { useHaltPresets, useSaveHaltPresets } from './queries';
export type { HaltPresets } from './queries';
