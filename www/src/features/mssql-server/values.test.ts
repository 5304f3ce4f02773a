import { expect, test } from 'vitest';
import type { MssqlServer } from '@/entities/mssql-server';
import { asksPassword, bodyOf, rules, valuesOf } from './values';

const PEM = '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n';
const server: MssqlServer = {
  id: 's', name: 'sales', address: 'db\\SALES', username: 'CORP\\mover', has_password: true, tls_root: PEM, any_certificate: false,
  pool: 'default', created_at: '2026-07-01T00:00:00Z', created_by: 'user ada', version: 3,
};

test('a new one is sent with its password, or without one that is asked for each time', () => {
  const values = { ...valuesOf(), name: ' sales ', address: ' db:1433 ', username: 'sa', password: 'secret' };
  expect(bodyOf(values)).toEqual({ name: 'sales', address: 'db:1433', username: 'sa', pool: 'default', password: 'secret' });
  expect(bodyOf({ ...values, keeping: 'ask' })).toMatchObject({ password: null });
});

test('a new name asks for no password, and sends none', () => {
  const values = { ...valuesOf(server), name: 'other' };
  expect(asksPassword(values, server)).toBe(false);
  expect(rules(server).password('', values)).toBeNull();
  expect(bodyOf(values, server)).toEqual({ name: 'other', username: 'CORP\\mover', pool: 'default' });
});

test('another address or another trust asks for the password again, unless it is not kept any more', () => {
  for (const change of [{ address: 'db\\OTHER' }, { trust: 'any' as const }, { trust: 'system' as const }, { tls_root: `${PEM}${PEM}` }]) {
    const values = { ...valuesOf(server), ...change };
    expect(asksPassword(values, server)).toBe(true);
    expect(rules(server).password('', values)).not.toBeNull();
    expect(rules(server).password('', { ...values, keeping: 'ask' })).toBeNull();
  }
});

test('who trusts any certificate, or those of the system, has no root', () => {
  const changed = (trust: 'any' | 'system') => bodyOf({ ...valuesOf(server), trust, password: 'p' }, server);
  expect(changed('any')).toMatchObject({ tls_root: '', any_certificate: true });
  expect(changed('system')).toMatchObject({ tls_root: '' });
  expect(changed('system')).not.toHaveProperty('any_certificate');
});

test('a root that is none, and a password that is nowhere, are complained of', () => {
  const values = { ...valuesOf(), trust: 'root' as const };
  expect(rules().tls_root('root.pem', values)).not.toBeNull();
  expect(rules().tls_root(PEM, values)).toBeNull();
  expect(rules().tls_root('', { ...values, trust: 'any' })).toBeNull();
  expect(rules().password('', values)).not.toBeNull();
  expect(rules({ ...server, has_password: false }).password('', { ...valuesOf(server), keeping: 'keep' })).not.toBeNull();
});
