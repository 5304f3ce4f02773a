export { DatabaseStatus, isProtected } from './DatabaseStatus';
export { databaseKey, useAllDatabases, useChangeDatabase, useDatabase, useDatabasePage, useDeleteDatabase, useLive, useOpenDatabase } from './queries';
export type { Database, Live } from './queries';
