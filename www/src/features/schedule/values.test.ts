import { describe, expect, it } from 'vitest';
import type { Schedule } from '@/entities/schedule';
import { bodyOf, newValues, rules, timingOf, valuesOf } from './values';

const saved = {
  name: 'nightly', description: '', interval_s: 86_400, cron: null, time_zone: 'UTC', server_id: null, database_pattern: null,
  database_ids: ['d1'], storage_id: 's1', folder: '', prefix: '', key_ids: ['k1'], keep_count: 7, keep_days: null, starts_at: '2026-11-01T00:00:00Z',
} as unknown as Schedule;

describe('what the form makes of a schedule', () => {
  it('goes back as it came', () => {
    expect(bodyOf(valuesOf(saved))).toMatchObject({ interval_s: 86_400, cron: null, database_ids: ['d1'], keep_count: 7, keep_days: null });
    const cron = { ...saved, interval_s: null, cron: '30 3 * * *', time_zone: 'Europe/Berlin' };
    expect(bodyOf(valuesOf(cron))).toMatchObject({ interval_s: null, cron: '30 3 * * *', time_zone: 'Europe/Berlin' });
    const pattern = { ...saved, database_ids: [], server_id: 'v1', database_pattern: 'shop_*' };
    expect(bodyOf(valuesOf(pattern))).toMatchObject({ database_ids: [], server_id: 'v1', database_pattern: 'shop_*' });
    expect(bodyOf(valuesOf({ ...saved, interval_s: 5400 }))).toMatchObject({ interval_s: 5400 });
  });
  it('of one choice sends nothing of the other', () => {
    const values = { ...valuesOf(saved), what: 'pattern' as const, server_id: 'v1', often: 'own', hours: 6 };
    expect(bodyOf(values)).toMatchObject({ database_ids: [], server_id: 'v1', database_pattern: '*', interval_s: 21_600 });
  });
});

it('asks when it would run by what is chosen alone', () => {
  expect(timingOf(valuesOf(saved), saved.starts_at)).toEqual({ interval_s: 86_400, time_zone: 'UTC', starts_at: saved.starts_at });
  expect(timingOf({ ...newValues({}), often: 'cron', cron: ' 0 3 * * * ', time_zone: 'Europe/Berlin' })).toEqual({ cron: '0 3 * * *', time_zone: 'Europe/Berlin' });
});

describe('the rules', () => {
  const { cron, folder, hours, key_ids, keep_count, prefix, database_ids } = rules(false);
  const values = newValues({});
  it.each([
    [cron('30 3 * *', { ...values, often: 'cron' }), true],
    [cron('30 3 * *', values), false],
    [folder('/etc'), true],
    [folder('a/../b'), true],
    [folder('shop/daily'), false],
    [hours(0, { ...values, often: 'own' }), true],
    [key_ids([]), true],
    [rules(true).key_ids([]), false],
    [keep_count(0), true],
    [keep_count(''), false],
    [prefix('a/b'), true],
    [prefix('shop-'), false],
    [database_ids([], values), true],
  ])('%s', (complaint, isWrong) => {
    expect(complaint !== null).toBe(isWrong);
  });
});
