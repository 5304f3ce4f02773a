import { describe, expect, it } from 'vitest';
import { differences } from './impact';

const item = (name: string, rows: number) => ({ schema: 's', name, rows, bytes: 0, kind: 'table' });
const live = (items: ReturnType<typeof item>[], tables = items.length) => ({ exists: true, at: '', size_bytes: 0, rows: 0, tables, items });

describe('the tables that a restore changes', () => {
  it('are those with other rows, the greatest difference first', () => {
    const coming = { items: [item('a', 10), item('b', 5), item('c', 100)], isWhole: true };
    expect(differences(live([item('a', 10), item('b', 7), item('c', 1)]), coming)).toEqual([
      { name: 's.c', live: 1, coming: 100 },
      { name: 's.b', live: 7, coming: 5 },
    ]);
  });
  it('are those that one side alone has, an empty one too', () => {
    expect(differences(live([item('new', 0)]), { items: [item('old', 3)], isWhole: true })).toEqual([
      { name: 's.old', live: null, coming: 3 },
      { name: 's.new', live: 0, coming: null },
    ]);
  });
  it('are not those that a list which is not whole may only have left out', () => {
    expect(differences(live([item('a', 1)], 2), { items: [item('b', 1)], isWhole: false })).toEqual([]);
  });
  it('are not large objects', () => {
    expect(differences(live([]), { items: [{ ...item('x', 4), kind: 'large objects' }], isWhole: true })).toEqual([]);
  });
});
