import type { MssqlServer } from './queries';

/** Whom a connection trusts. */
export const TRUSTS = ['system', 'root', 'any'] as const;
export type Trust = (typeof TRUSTS)[number];

export function trustOf(server: Pick<MssqlServer, 'tls_root' | 'any_certificate'>): Trust {
  return server.any_certificate ? 'any' : server.tls_root !== '' ? 'root' : 'system';
}
