export { covers, nextRun } from './covers';
export { scheduleKey, useAllSchedules, useChangeSchedule, useRunSchedule, useSchedule, useSchedulePage } from './queries';
export type { Schedule } from './queries';
