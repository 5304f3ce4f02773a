import { expect, test } from 'vitest';
import type { Database } from '@/entities/database';
import { within } from './lately';
import { byUrgency } from './order';

const database = (name: string, alarm: boolean, last_good_at: string | null) => ({ name, alarm, last_good_at }) as Database;

test('alarms come first, those that were never backed up before all', () => {
  const sorted = [
    database('b10', false, '2026-11-21T00:00:00Z'),
    database('b9', false, '2026-11-21T00:00:00Z'),
    database('old', true, '2026-11-01T00:00:00Z'),
    database('never', true, null),
  ].sort(byUrgency);
  expect(sorted.map(({ name }) => name)).toEqual(['never', 'old', 'b9', 'b10']);
});

test('lately is by the end', () => {
  const now = Date.parse('2026-11-21T12:00:00Z');
  const job = (ended_at: string | null, created_at: string) => ({ ended_at, created_at });
  expect(within([job('2026-11-21T11:00:00Z', '2026-11-01T00:00:00Z'), job('2026-11-20T11:00:00Z', '2026-11-20T10:00:00Z')], 24, now)).toHaveLength(1);
});
