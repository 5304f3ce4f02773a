import type { Schemas } from '@/shared/api';

export type MigrationRequest = Schemas['MigrationNew'];
export type Target = 'new' | 'swap' | 'sql-server';
/** What is read: the live database, or a backup of one. */
export type Source = 'live' | 'backup';
export type ValueChoice = 'refuse' | 'null' | 'clamp' | 'text';

/** Values that SQL Server does not take, and what may become of each: as docs/migrate-to-sql-server.md has it. */
export const AWKWARD = {
  infinity: ['refuse', 'null', 'clamp', 'text'],
  bc: ['refuse', 'null', 'clamp', 'text'],
  'after 9999': ['refuse', 'null', 'clamp', 'text'],
  '24:00': ['refuse', 'null', 'clamp', 'text'],
  'not a number': ['refuse', 'null', 'text'],
  'too many digits': ['refuse', 'null', 'clamp', 'text'],
  'json escape': ['refuse', 'null', 'text'],
} as const satisfies Record<string, readonly ValueChoice[]>;
export type Awkward = keyof typeof AWKWARD;
export const AWKWARD_KINDS = Object.keys(AWKWARD) as Awkward[];

/** A backup that is older is not offered in place of one that is made first. (The job may wait an hour for its turn.) */
export const FRESH_S = 86_400;

/** What the wizard has been told, as its fields have it. Never a password. */
export type Values = {
  from: Source;
  database_id: string | null;
  source_backup_id: string | null;
  /** Where a backup is restored, to be read. */
  scratch_server_id: string | null;
  target: Target;
  server_id: string | null;
  target_database_id: string | null;
  mssql_server_id: string | null;
  database_name: string;
  /** Whose workers reach both sides, where the two name different pools. */
  pool: string | null;
  exclude_schemas: string[];
  exclude_tables: string[];
  others: NonNullable<MigrationRequest['others']>;
  jobs: number | string;
  backup: 'first' | 'named' | 'none';
  storage_id: string | null;
  key_ids: string[];
  backup_id: string | null;
  keep_hours: number | string;
  safety: NonNullable<MigrationRequest['safety']>;
  create_roles: boolean;
  no_owner: boolean;
  no_privileges: boolean;
  types: { type: string; to: string }[];
  columns: { table: string; column: string; to: string }[];
  choices: Partial<Record<Awkward, ValueChoice>>;
  refused_limit: number | string;
  /** Columns that are kept encrypted there, as schema.table.column. */
  encrypt: string[];
  /** Holdfast's own key, or one that is there. */
  encryption: 'default' | 'named';
  encryption_key: string;
  encryption_certificate: string;
  /** What the tables, columns and types above were said of: see ofSource. */
  about: string | null;
};

export const usual: Values = {
  from: 'live',
  database_id: null,
  source_backup_id: null,
  scratch_server_id: null,
  target: 'new',
  server_id: null,
  target_database_id: null,
  mssql_server_id: null,
  database_name: '',
  pool: null,
  exclude_schemas: [],
  exclude_tables: [],
  others: 'refuse',
  jobs: '',
  backup: 'first',
  storage_id: null,
  key_ids: [],
  backup_id: null,
  keep_hours: '',
  safety: 'after',
  create_roles: false,
  no_owner: false,
  no_privileges: false,
  types: [],
  columns: [],
  choices: {},
  refused_limit: 0,
  encrypt: [],
  encryption: 'default',
  encryption_key: '',
  encryption_certificate: '',
  about: null,
};

const part = (name: string) => (/^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`);

/** The pattern that a name alone fits, as pg_dump reads patterns: in quotes where it is not plain. */
export function patternOf(...names: string[]): string {
  return names.map(part).join('.');
}

/** A table that a server or a backup tells of, for <TableTicks>. */
export function tickOf({ schema, name, rows, bytes }: { schema: string; name: string; rows: number; bytes: number }) {
  return { name: `${schema}.${name}`, value: patternOf(schema, name), rows, bytes };
}

/** The contract has it as an object of its own: docs/migrate-to-sql-server.md says what is in it. */
function mapOf({ types, columns, choices }: Values): MigrationRequest['map'] {
  const values = AWKWARD_KINDS.flatMap((kind) => {
    const choice = choices[kind];
    return choice === undefined || choice === 'refuse' ? [] : [{ kind, choice }];
  });
  const map = {
    ...(types.length > 0 ? { types: types.map(({ type, to }) => ({ type: type.trim(), to: to.trim() })) } : {}),
    ...(columns.length > 0 ? { columns: columns.map(({ table, column, to }) => ({ table: table.trim(), column: column.trim(), to: to.trim() })) } : {}),
    ...(values.length > 0 ? { values } : {}),
  };
  return Object.keys(map).length > 0 ? (map as MigrationRequest['map']) : undefined;
}

/** Whether something is backed up, be it the source or what a swap replaces. */
export function makesFile({ target, backup, safety }: Values): boolean {
  return target !== 'sql-server' && (backup === 'first' || (target === 'swap' && safety !== 'none'));
}

function backupOf(values: Values): Partial<MigrationRequest> {
  if (values.backup === 'none') return { backup: 'none' };
  return values.backup === 'named' ? { backup_id: values.backup_id ?? '', backup_age_s: FRESH_S + 3600 } : {};
}

function placeOf(values: Values): Partial<MigrationRequest> {
  if (!makesFile(values)) return {};
  return { ...(values.storage_id ? { storage_id: values.storage_id } : {}), ...(values.key_ids.length > 0 ? { key_ids: values.key_ids } : {}) };
}

function postgresOf(values: Values): Partial<MigrationRequest> {
  const isSwap = values.target === 'swap';
  return {
    ...(isSwap ? { mode: 'swap', target_database_id: values.target_database_id ?? '' } : { mode: 'new', server_id: values.server_id ?? '', database_name: values.database_name.trim() }),
    ...backupOf(values),
    ...placeOf(values),
    ...(isSwap && typeof values.keep_hours === 'number' ? { keep_old_s: Math.round(values.keep_hours * 3600) } : {}),
    ...(isSwap && values.safety !== usual.safety ? { safety: values.safety } : {}),
    ...(values.create_roles ? { create_roles: true } : {}),
    ...(values.no_owner ? { no_owner: true } : {}),
    ...(values.no_privileges ? { no_privileges: true } : {}),
  };
}

function encryptionOf({ encrypt, encryption, encryption_key, encryption_certificate }: Values): Partial<MigrationRequest> {
  if (encrypt.length === 0) return {};
  if (encryption === 'default') return { encrypt, encryption_key: 'default' };
  return { encrypt, encryption_key: encryption_key.trim(), encryption_certificate: encryption_certificate.trim() };
}

/** Whether a key is made there, for which a master key may have to be made: its password is asked for. */
export function makesKey({ target, encrypt, encryption }: Values): boolean {
  return target === 'sql-server' && encrypt.length > 0 && encryption === 'default';
}

function mssqlOf(values: Values): Partial<MigrationRequest> {
  const map = mapOf(values);
  return {
    mssql_server_id: values.mssql_server_id ?? '',
    database_name: values.database_name.trim(),
    ...(typeof values.refused_limit === 'number' && values.refused_limit > 0 ? { refused_limit: values.refused_limit } : {}),
    ...(map ? { map } : {}),
    ...encryptionOf(values),
  };
}

/** The id of what moves; null: nothing was chosen yet. */
export function sourceOf({ from, database_id, source_backup_id }: Values): string | null {
  return from === 'backup' ? source_backup_id : database_id;
}

/** Both ends are named: there is something to go on with. */
export function hasEnds(values: Values): boolean {
  if (sourceOf(values) === null || isRestore(values)) return false;
  if (values.target === 'swap') return values.target_database_id !== null;
  return (values.target === 'new' ? values.server_id : values.mssql_server_id) !== null && values.database_name.trim() !== '';
}

/** What was said of another database's tables is said of this one's no more. */
export function ofSource(values: Values): Values {
  const about = sourceOf(values);
  if (about === null || about === values.about) return values;
  return { ...values, about, exclude_tables: [], exclude_schemas: [], types: [], columns: [], encrypt: [], backup_id: null };
}

/** Into PostgreSQL a backup goes by a restore. */
export function isRestore({ from, target }: Values): boolean {
  return from === 'backup' && target !== 'sql-server';
}

function readOf(values: Values): Partial<MigrationRequest> {
  if (values.from === 'backup') return { backup_id: values.source_backup_id ?? '', scratch_server_id: values.scratch_server_id ?? '' };
  return { database_id: values.database_id ?? '', ...(values.others === 'refuse' ? {} : { others: values.others }) };
}

/** What the API is asked, of an assessment and of the migration that follows it: only what belongs to the target. */
export function requestOf(values: Values): MigrationRequest {
  return {
    ...readOf(values),
    ...(values.target === 'sql-server' ? mssqlOf(values) : postgresOf(values)),
    ...(values.pool ? { pool: values.pool } : {}),
    ...(values.exclude_schemas.length > 0 ? { exclude_schemas: values.exclude_schemas } : {}),
    ...(values.exclude_tables.length > 0 ? { exclude_tables: values.exclude_tables } : {}),
    ...(typeof values.jobs === 'number' ? { jobs: values.jobs } : {}),
  };
}
