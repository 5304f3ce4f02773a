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
export { ServerCheck } from './ServerCheck';
export { ServerStatus } from './ServerStatus';
