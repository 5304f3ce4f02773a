/**
 * When a schedule runs next, as base/cron.c of the service reads it; for the preview of what is not saved yet. Minutes of
 * real time are walked and the local clock is looked at, so that every minute of a zone is seen once; days that cannot match
 * are jumped over. What daylight saving skips runs right after the gap; what comes twice runs once, unless the hour is "*".
 */

export interface Cron {
  minute: ReadonlySet<number>;
  hour: ReadonlySet<number>;
  day: ReadonlySet<number>;
  month: ReadonlySet<number>;
  weekday: ReadonlySet<number>;
  anyHour: boolean;
  anyDay: boolean;
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const FIELDS = [
  { least: 0, most: 59, names: [] },
  { least: 0, most: 23, names: [] },
  { least: 1, most: 31, names: [] },
  { least: 1, most: 12, names: MONTHS },
  { least: 0, most: 7, names: WEEKDAYS },
] as const;
const NICKNAMES: Record<string, string> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

type Field = (typeof FIELDS)[number];

function parseValue(field: Field, text: string): number {
  const named = (field.names as readonly string[]).indexOf(text.toLowerCase());
  if (named >= 0) return field.least + named;
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  return value >= field.least && value <= field.most ? value : NaN;
}

/** "*", "5", "1-5", each with "/step"; null when it is none of these. */
function parseItem(field: Field, text: string): number[] | null {
  const [range = '', stepText, ...tooMuch] = text.split('/');
  const step = stepText === undefined ? 1 : /^\d+$/.test(stepText) ? Number(stepText) : NaN;
  let [first, last]: [number, number] = [field.least, field.most];
  if (range !== '*') {
    const [from = '', to, ...more] = range.split('-');
    if (more.length > 0) return null;
    first = parseValue(field, from);
    if (to !== undefined) last = parseValue(field, to);
    else if (stepText === undefined) last = first;
  }
  if (tooMuch.length > 0 || !(step >= 1 && step <= field.most) || !(first <= last)) return null;
  return Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, at) => first + at * step);
}

/** Null when the expression is none. */
export function parseCron(text: string): Cron | null {
  const words = (NICKNAMES[text.trim().toLowerCase()] ?? text).trim().split(/[ \t]+/);
  if (words.length !== FIELDS.length) return null;
  const sets: Set<number>[] = [];
  for (const [at, field] of FIELDS.entries()) {
    const items = (words[at] ?? '').split(',').map((item) => parseItem(field, item));
    if (items.includes(null)) return null;
    sets.push(new Set(items.flatMap((values) => values ?? [])));
  }
  const [minute, hour, day, month, weekday] = sets as [Set<number>, Set<number>, Set<number>, Set<number>, Set<number>];
  if (weekday.has(7)) weekday.add(0); // Sunday is 0 and 7
  const isAny = (at: number) => words[at]?.startsWith('*') ?? false;
  return { minute, hour, day, month, weekday, anyHour: isAny(1), anyDay: isAny(2) || isAny(4) };
}

const DAY_MINUTES = 1440;
const MARGIN_MINUTES = 180;
const HORIZON_MINUTES = 8 * 366 * DAY_MINUTES;

/** Minutes that a zone is ahead of UTC, asked once for each quarter of an hour. Null: there is no such zone. */
function offsets(timeZone: string): ((minutes: number) => number) | null {
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric' });
  } catch {
    return null;
  }
  const known = new Map<number, number>();
  return (minutes) => {
    const slot = Math.floor(minutes / 15);
    let offset = known.get(slot);
    if (offset === undefined) {
      const parts = Object.fromEntries(format.formatToParts(slot * 900_000).map(({ type, value }) => [type, Number(value)]));
      offset = Date.UTC(parts.year ?? 0, (parts.month ?? 1) - 1, parts.day, parts.hour, parts.minute) / 60_000 - slot * 15;
      known.set(slot, offset);
    }
    return offset;
  };
}

/** The first time after `after`; null: never, or there is no such zone. */
export function cronNext(cron: Cron, timeZone: string, after: Date): Date | null {
  const offset = offsets(timeZone);
  if (!offset) return null;
  const localOf = (minutes: number) => minutes + offset(minutes);
  const matches = (minute: number) => cron.hour.has(Math.floor(minute / 60)) && cron.minute.has(minute % 60);
  const followsSkipped = (local: number, minutes: number) => {
    const minute = local % DAY_MINUTES;
    const skipped = cron.anyHour ? 0 : local - localOf(minutes - 1) - 1;
    return Array.from({ length: Math.max(0, Math.min(skipped, minute)) }, (_, at) => minute - 1 - at).some(matches);
  };
  const isSecond = (local: number, minutes: number) => [30, 60, 120].some((shift) => localOf(minutes - shift) === local);
  let minutes = Math.floor(after.getTime() / 60_000) + 1;
  const end = minutes + HORIZON_MINUTES;
  while (minutes < end) {
    const local = localOf(minutes);
    const date = new Date(local * 60_000);
    const minute = local % DAY_MINUTES;
    const isMonth = cron.month.has(date.getUTCMonth() + 1);
    const [isDay, isWeekday] = [cron.day.has(date.getUTCDate()), cron.weekday.has(date.getUTCDay())];
    const isToday = cron.anyDay ? isDay && isWeekday : isDay || isWeekday;
    if (isMonth && isToday) {
      if (followsSkipped(local, minutes)) return new Date(minutes * 60_000);
      if (matches(minute) && (cron.anyHour || !isSecond(local, minutes))) return new Date(minutes * 60_000);
    }
    const monthEnd = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) / 60_000;
    const left = !isMonth ? monthEnd - local : !isToday ? DAY_MINUTES - minute : 0;
    minutes += Math.max(1, left - MARGIN_MINUTES);
  }
  return null;
}

export interface Timing {
  interval_s: number | null;
  cron: string | null;
  time_zone: string;
  starts_at: string;
}

/** The next `count` runs after `now`; fewer when there are no more, none when the timing is not right. */
export function nextRuns(timing: Timing, count: number, now: Date): Date[] {
  const starts = new Date(timing.starts_at).getTime();
  if (timing.cron === null) {
    const step = (timing.interval_s ?? 0) * 1000;
    if (step <= 0) return [];
    const first = now.getTime() < starts ? starts : starts + (Math.floor((now.getTime() - starts) / step) + 1) * step;
    return Array.from({ length: count }, (_, at) => new Date(first + at * step));
  }
  const cron = parseCron(timing.cron);
  const runs: Date[] = [];
  let after: Date | null = new Date(Math.max(now.getTime(), starts - 1));
  while (cron && runs.length < count && (after = cronNext(cron, timing.time_zone, after))) runs.push(after);
  return runs;
}
