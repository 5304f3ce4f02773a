import type { Database } from '@/entities/database';
import type { MssqlServer } from '@/entities/mssql-server';
import type { ImportRequest } from '@/entities/table-file';

/** Whose table it is. */
export type Target = { kind: 'database'; database: Database } | { kind: 'mssql'; server: MssqlServer };

/** What is said of the file and the table before the file is looked at. */
export interface Draft {
  file: File | null;
  /** null: the first there is. */
  storage: string | null;
  /** null: that of the table's server. */
  pool: string | null;
  table: string;
  /** Of a SQL Server. */
  database_name: string;
  password: string;
  /** What was sent already: it need not go again into another table. */
  sent: { file: File; storage: string; upload: string } | null;
}

export const EMPTY: Draft = { file: null, storage: null, pool: null, table: '', database_name: '', password: '', sent: null };

export const asksPassword = (target: Target) => target.kind === 'mssql' && !target.server.has_password;

/** Something of the table is not said. */
export function lacksTable(target: Target, { table, database_name, password }: Draft): boolean {
  return table.trim() === '' || (target.kind === 'mssql' && (database_name.trim() === '' || (asksPassword(target) && password === '')));
}

export function requestOf(target: Target, draft: Draft, upload_id: string): ImportRequest {
  const body = { upload_id, table: draft.table.trim(), ...(draft.pool ? { pool: draft.pool } : {}) };
  if (target.kind === 'database') return { ...body, database_id: target.database.id };
  return {
    ...body,
    mssql_server_id: target.server.id,
    database_name: draft.database_name.trim(),
    ...(asksPassword(target) ? { password: draft.password } : {}),
  };
}
