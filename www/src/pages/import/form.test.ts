import { describe, expect, it } from 'vitest';
import type { ImportReport } from '@/entities/table-file';
import { choicesOf, DELIMITERS, ENCODINGS, isXlsx, learn, nameOfDelimiter } from './form';

const read = (delimiter: string, encoding: string) => ({ delimiter, encoding }) as ImportReport;

describe('how a file is read', () => {
  it('is a workbook by the name alone, as the API has it', () => {
    expect(['a.xlsx', 'A.XLSX', 'a.xlsx.csv', 'xlsx'].map(isXlsx)).toEqual([true, true, false, false]);
  });
  it('shows what was found, and still does when something else is chosen', () => {
    const first = learn(read('\t', 'UTF-8'), {}, undefined);
    expect(choicesOf(DELIMITERS, first.delimiter, nameOfDelimiter)[0]).toEqual({ value: '', label: 'Tab, as found' });
    const second = learn(read(',', 'WINDOWS-1252'), { delimiter: ',' }, first);
    expect([second.delimiter, second.encoding]).toEqual(['\t', 'WINDOWS-1252']);
    expect(choicesOf(ENCODINGS, second.encoding)[0]?.label).toBe('WINDOWS-1252, as found');
    expect(choicesOf(ENCODINGS, undefined)[0]?.label).toBe('As found');
  });
  it('has a choice for whatever can be found, and each once', () => {
    for (const found of [',', ';', '\t', '|']) expect(nameOfDelimiter(found)).not.toBe(found);
    const values = choicesOf(DELIMITERS, ',', nameOfDelimiter).map(({ value }) => value);
    expect(new Set(values).size).toBe(values.length);
    expect(new Set(ENCODINGS).size).toBe(ENCODINGS.length);
  });
});
