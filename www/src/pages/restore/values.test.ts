import { describe, expect, it } from 'vitest';
import { changedOptions, halted, requestOf, usual } from './values';
import type { Values } from './values';

const values = (part: Partial<Values> = {}) => ({ ...usual, database_id: 'd', server_id: 's', ...part }) as Values;

it('halts what was asked for', () => {
  expect(halted(requestOf('b', values()))).toEqual([]);
  expect(halted(requestOf('b', values({ halt_gate: true, halt_connections: true })))).toEqual(['connections', 'gate']);
});

describe('what a restore asks for', () => {
  it('is little when all is as usual', () => {
    expect(requestOf('b', values())).toEqual({ backup_id: 'b', mode: 'swap', database_id: 'd' });
  });
  it('has what belongs to the mode alone', () => {
    const asked = requestOf('b', values({ mode: 'new', database_name: ' copy ', halt_gate: true, keep_hours: 4 }));
    expect(asked).toEqual({ backup_id: 'b', mode: 'new', server_id: 's', database_name: 'copy' });
    expect(requestOf('b', values({ mode: 'in_place', safety: 'none', halt_gate: true }))).toEqual({ backup_id: 'b', mode: 'in_place', database_id: 'd', halt_gate: true });
  });
  it('keeps for as many hours as are said', () => {
    expect(requestOf('b', values({ keep_hours: 4 })).keep_old_s).toBe(14_400);
  });
});

it('counts the options that are not as usual', () => {
  expect(changedOptions(values())).toBe(0);
  expect(changedOptions(values({ proof: 'none', tables: ['a.b'], identity: 'x' }))).toBe(2);
  expect(changedOptions(values({ halt_gate: true }), { halt_gate: true })).toBe(0);
  expect(changedOptions(values(), { halt_gate: true })).toBe(1);
});
