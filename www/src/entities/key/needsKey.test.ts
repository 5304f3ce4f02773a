import { expect, it } from 'vitest';
import { needsKey } from './needsKey';

it('needs a key when none with a secret opens the file', () => {
  expect(needsKey([], [])).toBe(false);
  expect(needsKey(['f'], [{ fingerprint: 'f', has_secret: false }])).toBe(true);
  expect(needsKey(['f', 'g'], [{ fingerprint: 'g', has_secret: true }])).toBe(false);
});
