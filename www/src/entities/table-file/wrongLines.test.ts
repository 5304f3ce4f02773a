import { describe, expect, it } from 'vitest';
import { wrongLinesCsv } from './wrongLines';

describe('wrong lines', () => {
  it('become a file with the columns of the one that they are of', () => {
    const wrong = [
      { place: 'line 3', column: 'born', reason: 'invalid input syntax for type date: "never"', line: '2,"Eve, first",never' },
      { place: 'sheet A, row 4', column: null, reason: 'it has 1 fields, and the first line 3', line: '"=1+1"' },
    ];
    expect(wrongLinesCsv({ header: 'id,"full, name",born', wrong })).toBe(
      'wrong_place,wrong_column,wrong_reason,id,"full, name",born\r\n' +
        'line 3,born,"invalid input syntax for type date: ""never""",2,"Eve, first",never\r\n' +
        '"sheet A, row 4",,"it has 1 fields, and the first line 3","=1+1"\r\n',
    );
  });
});
