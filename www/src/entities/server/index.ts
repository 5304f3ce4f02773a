export { CheckSteps } from './CheckSteps';
export {
  serverKey,
  useAllServers,
  useChangeServer,
  useCreateServer,
  useDeleteServer,
  useFoundDatabases,
  useRegisterDatabases,
  useServer,
  useServerPage,
  useTestServer,
} from './queries';
export type { FoundDatabase, Server } from './queries';
export { ServerStatus } from './ServerStatus';
