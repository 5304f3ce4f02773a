import { expect, it } from 'vitest';
import { keptCopies } from './copies';

type Jobs = Parameters<typeof keptCopies>[0];
const job = (id: string, kind: string, ended_at: string, result: Record<string, string> | null) => ({ id, kind, ended_at, created_at: ended_at, result });
const now = new Date('2026-11-21T12:00:00Z');

it('is what was kept, has not expired and was not brought back, the newest first', () => {
  const jobs = [
    job('1', 'restore', '2026-11-10T00:00:00Z', { kept: 'old', kept_until: '2026-11-13T00:00:00Z' }),
    job('2', 'restore', '2026-11-20T00:00:00Z', { kept: 'a', kept_until: '2026-11-23T00:00:00Z' }),
    job('3', 'restore', '2026-11-21T00:00:00Z', { kept: 'b', kept_until: '2026-11-24T00:00:00Z' }),
    job('4', 'undo', '2026-11-21T01:00:00Z', { copy: 'b', kept: 'c', kept_until: '2026-11-24T00:00:00Z' }),
    job('5', 'restore', '2026-11-21T02:00:00Z', null),
  ] as unknown as Jobs;
  expect(keptCopies(jobs, now).map(({ copy }) => copy)).toEqual(['c', 'a']);
});
