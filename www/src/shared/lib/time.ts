/** Times: the API gives UTC in ISO 8601; people get their own zone, and the exact UTC on hover. */

const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
// To make one costs more than to use it a hundred times.
const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const CLOCK = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** "3 hours ago", "in 2 days", "just now". */
export function relative(at: string | Date, now: Date = new Date()): string {
  const seconds = (new Date(at).getTime() - now.getTime()) / 1000;
  for (const [unit, length] of STEPS) {
    if (Math.abs(seconds) >= length) return RELATIVE.format(Math.trunc(seconds / length), unit);
  }
  return seconds > 5 ? 'in a moment' : 'just now';
}

/** In the viewer's zone: "21 Nov 2026, 13:05"; today's without the day. */
export function local(at: string | Date, now: Date = new Date()): string {
  const date = new Date(at);
  const time = TIME.format(date);
  return date.toDateString() === now.toDateString() ? `today, ${time}` : `${DAY.format(date)}, ${time}`;
}

/** The time of day to the second, for log lines. */
export function clock(at: string | Date): string {
  return CLOCK.format(new Date(at));
}

/** Exactly: "2026-11-21 13:05:09 UTC". */
export function utc(at: string | Date): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
