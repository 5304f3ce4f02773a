import { expect, it } from 'vitest';
import { isSwapped, phaseName, stepsOf } from './phases';

const states = (phase: string, state: 'running' | 'queued' | 'succeeded' = 'running') => stepsOf({ kind: 'restore', phase, state, database_id: 'x' }).map((step) => step.state);

it('has a step for what is done, for now and for what comes', () => {
  expect(states('starting', 'queued')).toEqual(['next', 'next', 'next', 'next', 'next']);
  expect(states('loading rows and building indexes')).toEqual(['done', 'now', 'next', 'next', 'next']);
  expect(states('swapping')).toEqual(['done', 'done', 'now', 'next', 'next']);
  expect(states('done', 'succeeded')).toEqual(['done', 'done', 'done', 'done', 'done']);
});

it('swaps nothing into a new database', () => {
  expect(stepsOf({ kind: 'restore', phase: 'starting', state: 'running', database_id: null })).toHaveLength(3);
});

it('is live from the swap on, while the file of what was replaced is written', () => {
  const restore = (phase: string, state: 'running' | 'succeeded' = 'running') => isSwapped({ kind: 'restore', phase, state, database_id: 'x' });
  expect(restore('swapping')).toBe(false);
  expect(restore('backing up what is to be replaced')).toBe(false);
  expect(restore('backing up what was replaced')).toBe(true);
  expect(restore('backing up what was replaced', 'succeeded')).toBe(false);
});

it('has the way of a migration, whatever it moves into', () => {
  const migrate = (phase: string) => stepsOf({ kind: 'migrate', phase, state: 'running', database_id: 'x' }).findIndex(({ state }) => state === 'now');
  expect(['backing up the source', 'copying rows', 'measuring'].map(migrate)).toEqual([0, 0, 0]);
  expect(['loading rows and building indexes', 'making keys and indexes'].map(migrate)).toEqual([1, 1]);
  expect(['proving and finishing', 'looking for the difference'].map(migrate)).toEqual([2, 2]);
});

it('is empty for kinds of one step, and names phases that it does not know', () => {
  expect(stepsOf({ kind: 'rescan', phase: 'x', state: 'running', database_id: null })).toEqual([]);
  expect(phaseName('looking through the storage')).toBe('Looking through the storage');
});
