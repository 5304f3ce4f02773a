import { describe, expect, it } from 'vitest';
import { cronFault, parseCron } from './cron';

describe('what is a cron expression', () => {
  it.each(['* * * * *', '*/5 0-6,22 1 jan-mar MON', '0 3 * * 7', '@daily', ' 0  3 * * * ', '5/20 * * * *'])('%s is one', (text) => {
    expect(parseCron(text)).not.toBeNull();
  });
  it.each(['', '* * * *', '60 * * * *', '* 24 * * *', '0 0 0 * *', '0 0 * 13 *', '5-1 * * * *', '*/0 * * * *', 'a * * * *', '@sometimes', '1,, * * * *', '1-2-3 * * * *'])('"%s" is none', (text) => {
    expect(parseCron(text)).toBeNull();
  });
});

describe('what is wrong with it', () => {
  it('is how many fields there are, or the first field that is none', () => {
    expect(cronFault('0 3 * * mon-fri')).toBeNull();
    expect(cronFault('0 3 * *')).toBe('fields');
    expect(cronFault('61 25 * * *')).toEqual({ field: 0, word: '61' });
    expect(cronFault('0 3 * * mo')).toEqual({ field: 4, word: 'mo' });
  });
});
