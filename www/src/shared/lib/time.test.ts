import { describe, expect, it } from 'vitest';
import { local, relative, utc } from './time';

const now = new Date('2026-11-21T13:05:09Z');

describe('relative', () => {
  it.each([
    ['2026-11-21T13:05:08Z', 'just now'],
    ['2026-11-21T13:05:30Z', 'in a moment'],
    ['2026-11-21T13:03:00Z', '2 minutes ago'],
    ['2026-11-21T10:00:00Z', '3 hours ago'],
    ['2026-11-20T10:00:00Z', 'yesterday'],
    ['2026-11-24T13:05:09Z', 'in 3 days'],
  ])('%s is %s', (at, text) => {
    expect(relative(at, now)).toBe(text);
  });
});

it('leaves the day out when it is today', () => {
  expect(local(now, now)).toMatch(/^today, \d\d:\d\d$/);
  expect(local('2026-10-01T12:00:00Z', now)).toMatch(/^1 Oct 2026, \d\d:\d\d$/);
});

it('is exact in UTC', () => {
  expect(utc('2026-11-21T13:05:09.987Z')).toBe('2026-11-21 13:05:09 UTC');
});
