import type { Server } from '@/entities/server';
import type { Schemas } from '@/shared/api';
import { texts } from '@/shared/texts';
import { between, required } from '@/shared/ui';

const words = texts.servers.form;

export interface ServerValues extends Record<string, unknown> {
  name: string;
  host: string;
  port: number | string;
  username: string;
  password: string;
  tls_mode: Server['tls_mode'];
  tls_root: string;
  maintenance_db: string;
  pool: string;
  max_jobs: number | string;
}

export function valuesOf(server?: Server): ServerValues {
  return {
    name: server?.name ?? '',
    host: server?.host ?? '',
    port: server?.port ?? 5432,
    username: server?.username ?? '',
    password: '',
    tls_mode: server?.tls_mode ?? 'prefer',
    tls_root: server?.tls_root ?? '',
    maintenance_db: server?.maintenance_db ?? 'postgres',
    pool: server?.pool ?? 'default',
    max_jobs: server?.max_jobs ?? 4,
  };
}

/** The rules of the form; `server` is the one that is changed. */
export function rules(server?: Server) {
  const short = (missing: string) => (value: string) => required(missing)(value) ?? (value.length > 200 ? words.tooLong : null);
  return {
    name: short(words.nameMissing),
    host: (value: string) => (/^[A-Za-z0-9_:][A-Za-z0-9_.:%-]{0,252}$/.test(value.trim()) ? null : words.hostWrong),
    port: between(1, 65_535, words.portWrong),
    username: short(words.userMissing),
    password: (value: string, values: ServerValues) => (value === '' && asksPassword(values, server) ? words.passwordMissing : null),
    maintenance_db: short(words.maintenanceMissing),
    pool: short(words.poolMissing),
    max_jobs: between(1, 100, words.maxJobsWrong),
  };
}

/** The API keeps a password from being sent to another host, or in the clear. */
export function asksPassword(values: ServerValues, server?: Server): boolean {
  if (!server?.has_password) return false;
  return values.host.trim() !== server.host || values.port !== server.port || values.tls_mode !== server.tls_mode || values.tls_root !== server.tls_root;
}

/** Whether the server must show a certificate that somebody known has signed. */
export const isVerified = ({ tls_mode }: ServerValues) => tls_mode === 'verify-ca' || tls_mode === 'verify-full';

/** What is sent: host and port only when they change, for the password would be asked for again. */
export function bodyOf(values: ServerValues, server?: Server): Schemas['ServerNew'] {
  const { host, port, password, max_jobs, tls_root, ...rest } = values;
  const isSame = server !== undefined && host.trim() === server.host && port === server.port;
  const body = {
    ...rest,
    max_jobs: Number(max_jobs),
    ...(isSame ? {} : { host: host.trim(), port: Number(port) }),
    ...(password === '' ? {} : { password }),
    ...(tls_root === (server?.tls_root ?? '') ? {} : { tls_root }),
  };
  return body as Schemas['ServerNew'];
}
