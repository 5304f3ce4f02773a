/** Times: the API gives UTC in ISO 8601; people get their own zone, and the exact UTC on hover. */

const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
// To make one costs more than to use it a hundred times.
const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const CLOCK = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number, number])[] = [
  ['day', 86_400, 2 * 86_400],
  ['hour', 3_600, 3_600],
  ['minute', 60, 60],
];

/** "3 hours ago", "27 hours ago", "in 2 days", "just now". Never "yesterday": of 27 hours ago that is wrong at 2 in the morning. */
export function relative(at: string | Date, now: Date = new Date()): string {
  const seconds = (new Date(at).getTime() - now.getTime()) / 1000;
  for (const [unit, length, from] of STEPS) {
    if (Math.abs(seconds) >= from) return RELATIVE.format(Math.trunc(seconds / length), unit);
  }
  return seconds > 5 ? 'in a moment' : 'just now';
}

/** In the viewer's zone: "21 Nov 2026, 13:05"; today's without the day. */
export function local(at: string | Date, now: Date = new Date()): string {
  const date = new Date(at);
  const time = TIME.format(date);
  return date.toDateString() === now.toDateString() ? `today, ${time}` : `${DAY.format(date)}, ${time}`;
}

/** The day in the viewer's zone, as a date field has it: "2026-11-21". */
export function dayOf(at: string | Date): string {
  const date = new Date(at);
  return [String(date.getFullYear()).padStart(4, '0'), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0')).join('-');
}

/** The moment in UTC at which such a day begins there, or the one that is so many days later; null: it is no day. */
export function dayStart(day: string, later = 0): string | null {
  const [year, month, date] = day.split('-').map(Number);
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || year === undefined || month === undefined || date === undefined) return null;
  const start = new Date(year, month - 1, date + later);
  return Number.isNaN(start.getTime()) ? null : start.toISOString();
}

/** The time of day to the second, for log lines. */
export function clock(at: string | Date): string {
  return CLOCK.format(new Date(at));
}

/** Whose clock `local` is: "Europe/Berlin, UTC+1". */
export function zone(now: Date = new Date()): string {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const offset = new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'shortOffset' }).formatToParts(now).find(({ type }) => type === 'timeZoneName');
  const from = (offset?.value ?? '').replace('GMT', 'UTC');
  return from === timeZone ? timeZone : `${timeZone}, ${from}`;
}

/** Exactly: "2026-11-21 13:05:09 UTC". */
export function utc(at: string | Date): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
