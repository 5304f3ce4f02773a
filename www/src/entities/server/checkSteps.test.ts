import { expect, test } from 'vitest';
import { checkSteps } from './checkSteps';

const states = (message: string) => checkSteps({ ok: false, message, version: '' }).map(({ state }) => state);

test('all steps of a test that went well are done', () => {
  expect(checkSteps({ ok: true, message: '', version: '15.4' }).every(({ state }) => state === 'ok')).toBe(true);
});

test.each([
  ['cannot connect to h port 1: connection to server at "h", port 1 failed: Connection refused', 0],
  ['cannot connect to h: could not translate host name "h" to address: Name or service not known', 0],
  ['cannot connect to h: timeout expired', 0],
  ['cannot connect to h: server does not support SSL, but SSL was required', 1],
  ['cannot connect to h: SSL error: certificate verify failed', 1],
  ['cannot connect to h: FATAL: password authentication failed for user "x"', 2],
  ['cannot connect to h: fe_sendauth: no password supplied', 2],
  ['cannot connect to h: FATAL: no pg_hba.conf entry for host "h", SSL encryption', 2],
  ['cannot connect to h: FATAL: role "x" does not exist', 2],
  ['cannot connect to h: FATAL: database "x" does not exist', 2],
  ['h is PostgreSQL 9.6; version 13 or newer is needed', 3],
])('%s', (message, at) => {
  expect(states(message).indexOf('failed')).toBe(at);
  expect(states(message).slice(0, at).every((state) => state === 'ok')).toBe(true);
});
