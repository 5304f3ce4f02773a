import { describe, expect, it } from 'vitest';
import { nextRuns, parseCron } from './cron';

const at = (cron: string, time_zone: string, now: string, count = 3) =>
  nextRuns({ interval_s: null, cron, time_zone, starts_at: '2026-01-01T00:00:00Z' }, count, new Date(now)).map((run) => run.toISOString().slice(0, 16));

describe('what is a cron expression', () => {
  it.each(['* * * * *', '*/5 0-6,22 1 jan-mar MON', '0 3 * * 7', '@daily', ' 0  3 * * * ', '5/20 * * * *'])('%s is one', (text) => {
    expect(parseCron(text)).not.toBeNull();
  });
  it.each(['', '* * * *', '60 * * * *', '* 24 * * *', '0 0 0 * *', '0 0 * 13 *', '5-1 * * * *', '*/0 * * * *', 'a * * * *', '@sometimes', '1,, * * * *', '1-2-3 * * * *'])('"%s" is none', (text) => {
    expect(parseCron(text)).toBeNull();
  });
});

describe('the next runs', () => {
  it('are in the time zone of the schedule', () => {
    expect(at('30 3 * * *', 'Europe/Berlin', '2026-11-21T12:00:00Z', 2)).toEqual(['2026-11-22T02:30', '2026-11-23T02:30']);
    expect(at('30 3 * * *', 'UTC', '2026-11-21T12:00:00Z', 1)).toEqual(['2026-11-22T03:30']);
  });
  it('match either of two restricted day fields', () => {
    expect(at('0 0 13 * fri', 'UTC', '2026-11-21T12:00:00Z')).toEqual(['2026-11-27T00:00', '2026-12-04T00:00', '2026-12-11T00:00']);
  });
  it('come right after what daylight saving skips, and once for what comes twice', () => {
    expect(at('30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', 2)).toEqual(['2026-03-29T01:00', '2026-03-30T00:30']);
    expect(at('30 2 * * *', 'Europe/Berlin', '2026-10-24T12:00:00Z', 2)).toEqual(['2026-10-25T00:30', '2026-10-26T01:30']);
    expect(at('30 * * * *', 'Europe/Berlin', '2026-10-25T00:00:00Z', 2)).toEqual(['2026-10-25T00:30', '2026-10-25T01:30']);
  });
  it('may be years away, or never', () => {
    expect(at('0 0 29 2 *', 'UTC', '2026-11-21T12:00:00Z', 1)).toEqual(['2028-02-29T00:00']);
    expect(at('0 0 30 2 *', 'UTC', '2026-11-21T12:00:00Z')).toEqual([]);
    expect(at('0 0 * * *', 'Mars/Olympus', '2026-11-21T12:00:00Z')).toEqual([]);
  });
  it('of an interval count from its start', () => {
    const timing = { interval_s: 28_800, cron: null, time_zone: 'UTC', starts_at: '2026-11-21T01:00:00Z' };
    expect(nextRuns(timing, 2, new Date('2026-11-21T09:00:00Z')).map(String)).toEqual([new Date('2026-11-21T17:00:00Z'), new Date('2026-11-22T01:00:00Z')].map(String));
    expect(nextRuns(timing, 1, new Date('2026-11-20T00:00:00Z'))[0]?.toISOString()).toBe('2026-11-21T01:00:00.000Z');
  });
});
