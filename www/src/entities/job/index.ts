export { JobStatus } from './JobStatus';
export { jobTitle } from './jobTitle';
export { isEnded, jobKey, MOST_OPEN, useCancelJob, useEndedLately, useFailedJobs, useJobPage, useLastBackupJob, useOpenJobs, useScheduleJobs } from './queries';
export type { Job, JobState } from './queries';
export { useWatchedJob } from './watch';
export type { LogLine, WatchedJob } from './watch';
