import { csvField } from '@/shared/lib/csv';
import type { AuditEvent } from './queries';

const COLUMNS = ['id', 'at', 'actor', 'action', 'object_kind', 'object_name', 'object_id', 'outcome', 'address', 'detail', 'hash'] as const;

/** What begins as a formula would run in a spreadsheet: it gets an apostrophe before it. */
function field(value: string): string {
  return csvField(/^[=+\-@\t\r]/.test(value) ? `'${value}` : value);
}

/** RFC 4180, with the names first. */
export function asCsv(events: readonly AuditEvent[]): string {
  return [COLUMNS.join(','), ...events.map((event) => COLUMNS.map((column) => field(event[column])).join(',')), ''].join('\r\n');
}
