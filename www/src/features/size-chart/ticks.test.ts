import { expect, test } from 'vitest';
import { timeTicks, valueTicks } from './ticks';

test.each([
  [100, false, [0, 50, 100]],
  [29, false, [0, 10, 20]],
  [1_234_000, false, [0, 500_000, 1_000_000]],
  [0.25, true, [0, 0.1, 0.2]],
  [100, true, [0, 60]],
  [95 * 60, true, [0, 3_600]],
  [0, true, [0]],
])('up to %d is marked at round values (a time: %s)', (most, isTime, ticks) => {
  expect(valueTicks(most, isTime)).toEqual(ticks);
});

test('days are marked at their beginning, and not more than asked for', () => {
  const noon = new Date(2026, 9, 20, 12).getTime() / 1000;
  const { ticks, step } = timeTicks(noon, noon + 30 * 86_400, 6);
  expect(step).toBe(7 * 86_400);
  expect(ticks.length).toBeLessThanOrEqual(6);
  for (const at of ticks) expect(new Date(at * 1000).getHours()).toBe(0);
});

test('one moment alone is no endless axis', () => {
  expect(timeTicks(1_000, 1_000, 5).ticks.length).toBeLessThanOrEqual(2);
});
