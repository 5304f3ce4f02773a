import { describe, expect, it } from 'vitest';
import { dayOf, dayStart, local, relative, utc, zone } from './time';

const now = new Date('2026-11-21T13:05:09Z');

describe('relative', () => {
  it.each([
    ['2026-11-21T13:05:08Z', 'just now'],
    ['2026-11-21T13:05:30Z', 'in a moment'],
    ['2026-11-21T13:03:00Z', '2 minutes ago'],
    ['2026-11-21T10:00:00Z', '3 hours ago'],
    ['2026-11-20T10:00:00Z', '27 hours ago'],
    ['2026-11-19T13:05:10Z', '47 hours ago'],
    ['2026-11-19T13:05:09Z', '2 days ago'],
    ['2026-11-22T20:05:09Z', 'in 31 hours'],
    ['2026-11-24T13:05:09Z', 'in 3 days'],
  ])('%s is %s', (at, text) => {
    expect(relative(at, now)).toBe(text);
  });
});

it('knows when a day begins, and the one after it', () => {
  const [begins, ends] = [dayStart('2026-10-25'), dayStart('2026-10-25', 1)];
  expect(begins && dayOf(begins)).toBe('2026-10-25');
  expect(ends && dayOf(ends)).toBe('2026-10-26');
  expect(ends && dayOf(new Date(new Date(ends).getTime() - 1))).toBe('2026-10-25');
  expect([dayStart(''), dayStart('2026-10'), dayStart('x-y-z')]).toEqual([null, null, null]);
});

it('leaves the day out when it is today', () => {
  expect(local(now, now)).toMatch(/^today, \d\d:\d\d$/);
  expect(local('2026-10-01T12:00:00Z', now)).toMatch(/^1 Oct 2026, \d\d:\d\d$/);
});

it('names the zone and how far it is from UTC', () => {
  expect(zone(now)).toMatch(/^(UTC|[A-Z][\w+/-]+, UTC([+-]\d.*)?)$/);
});

it('is exact in UTC', () => {
  expect(utc('2026-11-21T13:05:09.987Z')).toBe('2026-11-21 13:05:09 UTC');
});
