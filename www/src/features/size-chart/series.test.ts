import { expect, test } from 'vitest';
import { seriesOf } from './series';

const backup = (created_at: string, size_bytes: number, state = 'good' as const) => ({ created_at, size_bytes, duration_ms: 1500, state });

test('the oldest comes first, and what is gone is left out', () => {
  const points = seriesOf([backup('2026-11-21T03:00:00Z', 20), backup('2026-11-20T03:00:00Z', 10), { ...backup('2026-11-19T03:00:00Z', 5), state: 'deleted' }], false);
  expect(points.map(({ bytes }) => bytes)).toEqual([10, 20]);
  expect(points[0]?.seconds).toBe(1.5);
});

test('the backups of one day are one point', () => {
  const points = seriesOf([backup('2026-11-20T10:00:00Z', 10), backup('2026-11-20T11:00:00Z', 20), backup('2026-11-22T10:00:00Z', 7)], true);
  expect(points.map(({ bytes, seconds, count }) => [bytes, seconds, count])).toEqual([
    [30, 3, 2],
    [7, 1.5, 1],
  ]);
});
