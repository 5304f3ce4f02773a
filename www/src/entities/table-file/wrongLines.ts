import { csvField } from '@/shared/lib/csv';
import type { ImportReport } from './queries';

/** As the command line puts them aside: place, column and reason before the file's own columns, so that they can be mended and imported. */
export function wrongLinesCsv({ header, wrong }: Pick<ImportReport, 'header' | 'wrong'>): string {
  const lines = wrong.map(({ place, column, reason, line }) => [...[place, column ?? '', reason].map(csvField), line].join(','));
  return [`wrong_place,wrong_column,wrong_reason,${header ?? ''}`, ...lines, ''].join('\r\n');
}
