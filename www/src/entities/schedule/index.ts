export { cronFault } from './cron';
export { cronWords } from './cronWords';
export { covers } from './covers';
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
