export { databaseKey, useAllDatabases, useDatabase, useDatabasePage } from './queries';
export type { Database } from './queries';
