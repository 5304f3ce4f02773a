export { JobStatus } from './JobStatus';
export { jobTitle } from './jobTitle';
export { isEnded, jobKey, useCancelJob, useFailedJobs, useJobPage, useOpenJobs, useScheduleJobs } from './queries';
export type { Job, JobState } from './queries';
