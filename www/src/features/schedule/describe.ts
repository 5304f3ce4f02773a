import type { Database } from '@/entities/database';
import { cronWords } from '@/entities/schedule';
import type { Schedule } from '@/entities/schedule';
import type { Server } from '@/entities/server';
import { counted, interval } from '@/shared/lib/units';
import { texts } from '@/shared/texts';

const words = texts.schedules;

/** "every 8 hours"; "every day at 03:30, Europe/Berlin (30 3 * * *)". */
export function howOften(schedule: Schedule): string {
  return schedule.cron === null ? interval(schedule.interval_s ?? 0) : words.cron(cronWords(schedule.cron), schedule.cron, schedule.time_zone);
}

export function whatIsKept({ keep_count, keep_days }: Schedule): string {
  if (keep_count !== null && keep_days !== null) return words.keep.both(counted(keep_count, 'backup'), counted(keep_days, 'day'));
  if (keep_count !== null) return words.keep.count(counted(keep_count, 'backup'));
  return keep_days === null ? words.keep.all : words.keep.days(counted(keep_days, 'day'));
}

/** The databases by name, or the pattern in words. */
export function whatIsCovered(schedule: Schedule, databases: readonly Database[], servers: readonly Server[], most = 3): string {
  if (schedule.database_pattern !== null) {
    return words.covers.pattern(schedule.database_pattern, servers.find(({ id }) => id === schedule.server_id)?.name ?? '–');
  }
  const names = databases.filter(({ id }) => schedule.database_ids.includes(id)).map(({ name }) => name);
  if (names.length === 0) return words.covers.none;
  return names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} +${String(names.length - most)}`;
}
