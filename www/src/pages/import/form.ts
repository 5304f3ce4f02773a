import type { ImportReport, ImportRequest } from '@/entities/table-file';
import { tables } from '@/shared/texts/tables';

/** How the file is to be read; what is not said is found out. */
export type Form = Pick<ImportRequest, 'sheet' | 'delimiter' | 'encoding' | 'no_header'>;

/** As the API tells them apart. */
export const isXlsx = (file: string) => /\.xlsx$/i.test(file);

/** As the API takes them. */
export const DELIMITERS = [',', ';', 'tab', '|', ':', ' ', '^', '~', '#'] as const;

/** As iconv calls them. */
export const ENCODINGS = [
  'UTF-8',
  'UTF-16LE',
  'UTF-16BE',
  'WINDOWS-1252',
  'WINDOWS-1250',
  'WINDOWS-1251',
  'WINDOWS-1253',
  'WINDOWS-1254',
  'WINDOWS-1257',
  'ISO-8859-1',
  'ISO-8859-2',
  'ISO-8859-15',
  'CP437',
  'CP850',
  'KOI8-R',
  'MACINTOSH',
  'SHIFT_JIS',
  'EUC-JP',
  'EUC-KR',
  'BIG5',
  'GB18030',
] as const;

const names: Record<string, string> = tables.import.how.delimiters;

/** Of one as the API takes it, or as a report tells of it. */
export function nameOfDelimiter(delimiter: string): string {
  return names[delimiter === '\t' ? 'tab' : delimiter] ?? delimiter;
}

interface Choice {
  value: string;
  label: string;
}

/** What a look at the file has found. */
export interface Known {
  report: ImportReport;
  /** Of a text; undefined: nobody has looked for it. */
  delimiter: string | null | undefined;
  encoding: string | null | undefined;
}

/** What was asked for was not looked for: of that it is known what was found before. */
export function learn(report: ImportReport, asked: Form, before: Known | undefined): Known {
  return {
    report,
    delimiter: asked.delimiter ? before?.delimiter : report.delimiter,
    encoding: asked.encoding ? before?.encoding : report.encoding,
  };
}

const { asFound, toFind } = tables.import.how;

/** What is found out stands first, with what it is. */
export function choicesOf(all: readonly string[], found: string | null | undefined, nameOf: (one: string) => string = (one) => one): Choice[] {
  return [{ value: '', label: found ? asFound(nameOf(found)) : toFind }, ...all.map((value) => ({ value, label: nameOf(value) }))];
}
