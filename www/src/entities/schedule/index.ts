export { cronNext, nextRuns, parseCron } from './cron';
export { covers, nextRun } from './covers';
export {
  scheduleKey,
  useAllSchedules,
  useChangeSchedule,
  useCreateSchedule,
  useDeleteSchedule,
  useRunSchedule,
  useSchedule,
  useSchedulePage,
  useSchedulePreview,
  useSwitchSchedule,
} from './queries';
export type { Schedule } from './queries';
