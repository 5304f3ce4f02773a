import { describe, expect, it } from 'vitest';
import { Problem } from '@/shared/api/problem';
import { between, required } from './form';

const problem = (detail: string, status = 400) => new Problem({ status, code: 'usage', title: 'The request is wrong', detail });

describe('the field that a problem is about', () => {
  it.each([
    ['name: a text of 1 to 200 bytes is expected', 'name'],
    ['port is missing', 'port'],
    ['nothing of this form', undefined],
    ['names: is another field', undefined],
  ])('"%s" is %s', (detail, field) => {
    expect(problem(detail).fieldOf(['name', 'port'])).toBe(field);
  });
  it('is none when the service is away', () => {
    expect(problem('name: x', 503).fieldOf(['name'])).toBeUndefined();
  });
});

it('requires what is not blank', () => {
  const rule = required('Give a name.');
  expect(rule('  ')).toBe('Give a name.');
  expect(rule(null)).toBe('Give a name.');
  expect(rule('x')).toBeNull();
});

it('keeps numbers between bounds', () => {
  const rule = between(1, 10, 'From 1 to 10.');
  expect(rule(0)).toBe('From 1 to 10.');
  expect(rule('')).toBe('From 1 to 10.');
  expect(rule(10)).toBeNull();
});
