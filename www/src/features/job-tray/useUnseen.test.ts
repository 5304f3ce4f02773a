import { expect, test } from 'vitest';
import type { Job } from '@/entities/job';
import { endedAfter } from './useUnseen';

const job = (id: string, ended_at: string | null) => ({ id, ended_at }) as Job;

test('what ended after one has looked is new, the last one first; what has not ended is not', () => {
  const jobs = [job('a', '2026-11-21T10:00:00Z'), job('b', '2026-11-21T12:00:00.5Z'), job('c', '2026-11-21T12:30:00Z'), job('d', null)];
  expect(endedAfter(jobs, '2026-11-21T12:00:00.000Z').map(({ id }) => id)).toEqual(['c', 'b']);
  expect(endedAfter(jobs, '2026-11-21T12:30:00Z')).toEqual([]);
});
