import { expect, it } from 'vitest';
import { mayDo } from './queries';

it('lets each role do its own and what is below it', () => {
  const operator = { role: 'operator', is_owner: false } as const;
  expect(mayDo(operator, 'viewer')).toBe(true);
  expect(mayDo(operator, 'operator')).toBe(true);
  expect(mayDo(operator, 'administrator')).toBe(false);
  expect(mayDo(operator, 'owner')).toBe(false);
  expect(mayDo(operator, 'auditor')).toBe(false);
  expect(mayDo({ role: 'none', is_owner: true }, 'viewer')).toBe(false);
  expect(mayDo({ role: 'none', is_owner: true }, 'owner')).toBe(true);
});

it('lets an auditor read, the audit log too, and no more', () => {
  const auditor = { role: 'auditor', is_owner: false } as const;
  expect(mayDo(auditor, 'viewer')).toBe(true);
  expect(mayDo(auditor, 'auditor')).toBe(true);
  expect(mayDo(auditor, 'operator')).toBe(false);
  expect(mayDo({ role: 'administrator', is_owner: false }, 'auditor')).toBe(true);
});
