export { BusyNotice } from './BusyNotice';
export { JobStatus } from './JobStatus';
export { errorText, jobTitle } from './jobTitle';
export { isEnded, jobKey, MOST_OPEN, useCancelJob, useEndedLately, useFailedJobs, useJobPage, useLastBackupJob, useLastRestoreJob, useOpenJobs, useReplacing, useScheduleJobs } from './queries';
export type { Job, JobState } from './queries';
export { waitingFor } from './waitingFor';
export { useWatchedJob } from './watch';
export type { LogLine, WatchedJob } from './watch';
