import type { Schedule } from './queries';

type Covering = Pick<Schedule, 'database_ids' | 'server_id' | 'database_pattern'>;

const patterns = new Map<string, RegExp>();

/** As the service reads it: * is any text, ? any letter. */
function asRegExp(pattern: string): RegExp {
  let known = patterns.get(pattern);
  if (!known) {
    known = new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.')}$`, 's');
    patterns.set(pattern, known);
  }
  return known;
}

/** Whether the schedule backs the database up. */
export function covers(schedule: Covering, database: { id: string; server_id: string; name: string }): boolean {
  if (schedule.database_ids.includes(database.id)) return true;
  return schedule.server_id === database.server_id && schedule.database_pattern !== null && asRegExp(schedule.database_pattern).test(database.name);
}
