import { expect, test } from 'vitest';
import type { Server } from '@/entities/server';
import { bodyOf, rules, valuesOf } from './values';

const server: Server = {
  id: 's', name: 'main', host: 'db', port: 5432, username: 'postgres', has_password: true, tls_mode: 'require', tls_root: '', maintenance_db: 'postgres',
  pool: 'default', max_jobs: 4, checked_at: null, check: null, created_at: '2026-11-21T00:00:00Z', created_by: 'admin', version: 1,
};

test('a password that is set is asked for again only for another host, port or TLS', () => {
  const same = valuesOf(server);
  expect(rules(server).password('', same)).toBeNull();
  expect(rules(server).password('', { ...same, host: 'elsewhere' })).not.toBeNull();
  expect(rules(server).password('', { ...same, port: 5433 })).not.toBeNull();
  expect(rules(server).password('', { ...same, tls_mode: 'disable' })).not.toBeNull();
  expect(rules(server).password('', { ...same, tls_root: 'PEM' })).not.toBeNull();
  expect(rules(server).password('given', { ...same, port: 5433 })).toBeNull();
  expect(rules().password('', valuesOf())).toBeNull();
});

test('host, port and password are sent only when they change', () => {
  expect(bodyOf(valuesOf(server), server)).not.toHaveProperty('host');
  expect(bodyOf(valuesOf(server), server)).not.toHaveProperty('password');
  expect(bodyOf({ ...valuesOf(server), host: 'b ', password: 'x' }, server)).toMatchObject({ host: 'b', port: 5432, password: 'x' });
  expect(bodyOf({ ...valuesOf(), name: 'n', host: 'h', username: 'u' })).toMatchObject({ host: 'h', port: 5432 });
});

test('a host is a name or an address', () => {
  for (const host of ['db', '10.0.0.1', '::1', 'db-1.example.org']) expect(rules().host(host)).toBeNull();
  for (const host of ['', 'two words', '-x', 'postgres://db', '/tmp']) expect(rules().host(host)).not.toBeNull();
});
