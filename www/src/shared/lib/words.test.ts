import { describe, expect, it } from 'vitest';
import { capital } from './words';

describe('the beginning of a line', () => {
  it('is a capital letter', () => {
    expect(capital('every day')).toBe('Every day');
    expect(capital('at 03:00: done')).toBe('At 03:00: done');
  });
  it('is the name that it is', () => {
    for (const text of ['db.example is not known', 'shop_2 resumes', 'shop at db.example:1433: cannot log in']) expect(capital(text)).toBe(text);
  });
});
