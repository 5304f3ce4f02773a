import { expect, test } from 'vitest';
import { covers } from './covers';

const shop = { id: 'd1', server_id: 's1', name: 'shop_1' };
const of = (pattern: string, server_id = 's1') => ({ database_ids: [], server_id, database_pattern: pattern });

test('a schedule covers what it names, and what its pattern matches on its server', () => {
  expect(covers({ database_ids: ['d1'], server_id: null, database_pattern: null }, shop)).toBe(true);
  expect(covers({ database_ids: ['d2'], server_id: null, database_pattern: null }, shop)).toBe(false);
  expect(covers(of('*'), shop)).toBe(true);
  expect(covers(of('shop_?'), shop)).toBe(true);
  expect(covers(of('*', 's2'), shop)).toBe(false);
});

test('what is not * or ? stands for itself', () => {
  expect(covers(of('shop.1'), shop)).toBe(false);
  expect(covers(of('shop'), shop)).toBe(false);
  expect(covers(of('a(b'), { ...shop, name: 'a(b' })).toBe(true);
});
