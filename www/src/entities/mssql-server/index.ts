export { MssqlSteps } from './MssqlSteps';
export {
  mssqlServerKey,
  useAllMssqlServers,
  useChangeMssqlServer,
  useCreateMssqlServer,
  useDeleteMssqlServer,
  useMssqlServer,
  useMssqlServerPage,
  useTestMssqlServer,
} from './queries';
export type { MssqlCheck, MssqlServer } from './queries';
export { trustOf, TRUSTS } from './trust';
export type { Trust } from './trust';
