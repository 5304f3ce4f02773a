import { expect, it } from 'vitest';
import { chainOf } from './chain';
import { asCsv } from './csv';

const event = (id: string, detail: string, hash: string) => ({
  id,
  at: '2026-11-21T12:00:00.000001Z',
  actor: 'user ada',
  action: 'user.create',
  object_kind: 'user',
  object_id: 'u1',
  object_name: 'grace',
  address: '127.0.0.1',
  outcome: 'success' as const,
  detail,
  hash,
});
// Computed by another program; the row between 2 and 4 is another organization's.
const rows = [
  event('4', '', 'b247b971ae147dc353e791411097cfb3e914af227fed2c87e3f5cec8e537f91a'),
  event('2', '', '579e2826599f9bbf9ff8ede08933f2cfe858333ce8fdd8c8eb5b4e790dc8c3b4'),
  event('1', 'say "ü"\n', '3777f98f770f9b93eee6c246b4d0e5a117a6699ac680f497c36014fba6f6d861'),
];

it('is whole as far as it can be computed here', async () => {
  expect(await chainOf(rows, 'org')).toMatchObject({ rows: 3, checked: 2, broken: null });
});

it('breaks at a row that was changed', async () => {
  const changed = rows.map((row) => (row.id === '2' ? { ...row, actor: 'user eve' } : row));
  expect(await chainOf(changed, 'org')).toMatchObject({ checked: 1, broken: '2' });
});

it('is exported so that a spreadsheet reads it and runs nothing', () => {
  const lines = asCsv([event('5', '=1+1,"x"', 'ab')]).split('\r\n');
  expect(lines[0]).toMatch(/^id,at,actor/);
  expect(lines[1]).toBe(`5,2026-11-21T12:00:00.000001Z,user ada,user.create,user,grace,u1,success,127.0.0.1,"'=1+1,""x""",ab`);
});
