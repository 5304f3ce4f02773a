import { describe, expect, it } from 'vitest';
import { counted, duration, interval, percent, rate, size, timeLeft } from './units';

describe('size', () => {
  it.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1000, '1 kB'],
    [1250, '1.25 kB'],
    [999_499, '999 kB'],
    [999_600, '1 MB'],
    [12_500_000, '12.5 MB'],
    [1.5e12, '1.5 TB'],
    [-1, '–'],
    [NaN, '–'],
  ])('%d is %s', (bytes, text) => {
    expect(size(bytes)).toBe(text);
  });
  it('says rates by the second', () => {
    expect(rate(125_000_000)).toBe('125 MB/s');
    expect(rate(-1)).toBe('–');
  });
});

describe('duration', () => {
  it.each([
    [0, '0 s'],
    [0.42, '0.4 s'],
    [9.96, '10 s'],
    [12.4, '12 s'],
    [59.6, '1 min'],
    [200, '3 min 20 s'],
    [7200, '2 h'],
    [7260, '2 h 1 min'],
    [3605, '1 h'],
    [367_200, '4 d 6 h'],
    [-5, '–'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(duration(seconds)).toBe(text);
  });
});

describe('timeLeft', () => {
  it.each([
    [null, 'time left not known yet'],
    [3, 'a few seconds left'],
    [41, 'about 50 s left'],
    [61, 'about 2 min left'],
    [5000, 'about 1 h 25 min left'],
  ])('%s is %s', (seconds, text) => {
    expect(timeLeft(seconds)).toBe(text);
  });
});

describe('interval', () => {
  it.each([
    [28_800, 'every 8 hours'],
    [43_200, 'every 12 hours'],
    [86_400, 'every 24 hours'],
    [259_200, 'every 3 days'],
    [604_800, 'every 7 days'],
    [3600, 'every hour'],
    [90, 'every 90 seconds'],
  ])('%d seconds are %s', (seconds, text) => {
    expect(interval(seconds)).toBe(text);
  });
});

describe('percent and counted', () => {
  it('does not say 100 before the end', () => {
    expect(percent(99.97)).toBe('99%');
    expect(percent(100)).toBe('99%');
    expect(percent(100, true)).toBe('100%');
    expect(percent(-0.2)).toBe('0%');
  });
  it('counts one and many', () => {
    expect(counted(1, 'row')).toBe('1 row');
    expect(counted(12_345, 'row')).toBe('12,345 rows');
    expect(counted(2, 'copy', 'copies')).toBe('2 copies');
  });
});
