import { expect, it } from 'vitest';
import { isNeeded } from './isNeeded';
import type { Key } from './queries';

const key = (id: string, opens: number, has_secret = true, fingerprint = 'one') => ({ id, has_secret, fingerprint, opens: { backups: opens } }) as Key;

it('is needed while it alone opens backups', () => {
  const main = key('a', 2);
  expect(isNeeded(main, [main])).toBe(true);
  expect(isNeeded(main, [main, key('b', 2, false), key('c', 2, true, 'two')])).toBe(true);
});

it('is not where nothing is opened, its secret is not here, or another one has it', () => {
  expect(isNeeded(key('a', 0), [])).toBe(false);
  expect(isNeeded(key('a', 2, false), [])).toBe(false);
  expect(isNeeded(key('a', 2), [key('a', 2), key('b', 2)])).toBe(false);
});
