import type { Database } from '@/entities/database';

const NAMES = new Intl.Collator('en', { numeric: true });

export const byName = (one: Database, other: Database) => NAMES.compare(one.name, other.name);

/** What needs somebody first: alarms, the longest without a backup before the others; then by name. */
export function byUrgency(one: Database, other: Database): number {
  if (one.alarm !== other.alarm) return one.alarm ? -1 : 1;
  if (one.alarm && one.last_good_at !== other.last_good_at) return (one.last_good_at ?? '').localeCompare(other.last_good_at ?? '');
  return byName(one, other);
}
