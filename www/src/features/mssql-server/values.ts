import { trustOf } from '@/entities/mssql-server';
import type { MssqlServer, Trust } from '@/entities/mssql-server';
import type { Schemas } from '@/shared/api';
import { mssqlServers } from '@/shared/texts/mssqlServers';
import { required } from '@/shared/ui';

const words = mssqlServers.form;

export interface MssqlServerValues extends Record<string, unknown> {
  name: string;
  address: string;
  username: string;
  keeping: 'keep' | 'ask';
  password: string;
  trust: Trust;
  tls_root: string;
  pool: string;
}

export function valuesOf(server?: MssqlServer): MssqlServerValues {
  return {
    name: server?.name ?? '',
    address: server?.address ?? '',
    username: server?.username ?? '',
    keeping: server && !server.has_password ? 'ask' : 'keep',
    password: '',
    trust: server ? trustOf(server) : 'system',
    tls_root: server?.tls_root ?? '',
    pool: server?.pool ?? 'default',
  };
}

/** Of these the API says what is wrong with them, and they are trusted for what the choice says alone. */
function trusted({ trust, tls_root }: MssqlServerValues) {
  return { tls_root: trust === 'root' ? tls_root.trim() : '', any_certificate: trust === 'any' };
}

/** The API keeps a password from being sent to another server. */
export function asksPassword(values: MssqlServerValues, server?: MssqlServer): boolean {
  if (!server?.has_password) return false;
  const { tls_root, any_certificate } = trusted(values);
  return values.address.trim() !== server.address || tls_root !== server.tls_root.trim() || any_certificate !== server.any_certificate;
}

/** The rules of the form; `server` is the one that is changed. */
export function rules(server?: MssqlServer) {
  const short = (missing: string, most: number) => (value: string) => required(missing)(value) ?? (value.trim().length > most ? words.tooLong : null);
  return {
    name: short(words.nameMissing, 200),
    address: short(words.addressMissing, 300),
    username: short(words.userMissing, 128),
    password: (value: string, values: MssqlServerValues) =>
      values.keeping === 'keep' && value === '' && (!server?.has_password || asksPassword(values, server)) ? words.passwordMissing : null,
    tls_root: (value: string, { trust }: MssqlServerValues) => (trust === 'root' && !value.includes('BEGIN CERTIFICATE') ? words.tlsRootMissing : null),
    pool: short(words.poolMissing, 60),
  };
}

/** What is sent: address and trust only when they change, for the password would be asked for again. */
export function bodyOf(values: MssqlServerValues, server?: MssqlServer): Schemas['MssqlServerNew'] {
  const { name, address, username, keeping, password, pool } = values;
  const isElsewhere = !server || address.trim() !== server.address;
  const { tls_root, any_certificate } = trusted(values);
  const body = {
    name: name.trim(),
    username: username.trim(),
    pool: pool.trim(),
    ...(isElsewhere ? { address: address.trim() } : {}),
    ...(tls_root === (server?.tls_root ?? '').trim() ? {} : { tls_root }),
    ...(any_certificate === (server?.any_certificate ?? false) ? {} : { any_certificate }),
    ...(keeping === 'ask' ? { password: null } : password === '' ? {} : { password }),
  };
  return body as Schemas['MssqlServerNew'];
}
