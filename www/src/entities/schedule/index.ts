export { covers, nextRun } from './covers';
export { scheduleKey, useAllSchedules, useChangeSchedule, useCreateSchedule, useRunSchedule, useSchedule, useSchedulePage } from './queries';
export type { Schedule } from './queries';
