import type { Assessment } from '@/entities/migration';
import { migrations } from '@/shared/texts/migrations';
import type { Tables } from './useTables';

const words = migrations.what;
type Column = Pick<Assessment['columns'][number], 'table' | 'column'>;

/** As one names it: without quotes. */
export const nameOf = ({ table, column }: Column) => `${table}.${column}`;

/**
 * What is wrong with the name of a column, as far as is known what there is: the columns are those of the last
 * assessment, which need not have looked at the table.
 */
export function columnError(name: string, columns: readonly Column[], tables: Pick<Tables, 'count'> & { items: readonly { schema: string; name: string }[] } | null): string | null {
  const parts = name.split('.');
  if (parts.length < 3 || parts.includes('')) return words.encryptWrong(name);
  if (columns.some(({ table }) => name.startsWith(`${table}.`))) return columns.some((column) => nameOf(column) === name) ? null : words.encryptNone(name);
  const isWhole = tables !== null && tables.items.length >= tables.count;
  return isWhole && !tables.items.some((each) => name.startsWith(`${each.schema}.${each.name}.`)) ? words.encryptNone(name) : null;
}

/** A line of the map whose type the service does not take: the field and what is wrong with it. null: it is something else. */
export function typeError(detail: string): { field: string; wrong: string } | null {
  const [, list, at, wrong] = /^map: (types|columns)\[(\d+)\]: "to" is (.*)$/s.exec(detail) ?? [];
  return list && at && wrong ? { field: `${list}.${at}.to`, wrong } : null;
}
