export { DatabaseStatus } from './DatabaseStatus';
export { databaseKey, useAllDatabases, useChangeDatabase, useDatabase, useDatabasePage, useDeleteDatabase } from './queries';
export type { Database } from './queries';
