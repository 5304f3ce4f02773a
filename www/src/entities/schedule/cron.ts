/** Cron expressions as base/cron.c of the service reads them, to say in a form what is wrong and in words what is meant. */

export interface Cron {
  minute: ReadonlySet<number>;
  hour: ReadonlySet<number>;
  day: ReadonlySet<number>;
  month: ReadonlySet<number>;
  weekday: ReadonlySet<number>;
  /** What was written, after a nickname was put in full. */
  fields: readonly [string, string, string, string, string];
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

const wordsOf = (text: string) => (NICKNAMES[text.trim().toLowerCase()] ?? text).trim().split(/[ \t]+/);
const itemsOf = (field: Field, word: string) => word.split(',').map((item) => parseItem(field, item));

/** What is wrong with an expression: how many fields it has, or the first of them that is none; null: nothing. */
export function cronFault(text: string): 'fields' | { field: number; word: string } | null {
  const words = wordsOf(text);
  if (words.length !== FIELDS.length) return 'fields';
  const at = FIELDS.findIndex((field, i) => itemsOf(field, words[i] ?? '').includes(null));
  return at < 0 ? null : { field: at, word: words[at] ?? '' };
}

/** Null when the expression is none. */
export function parseCron(text: string): Cron | null {
  if (cronFault(text) !== null) return null;
  const words = wordsOf(text);
  const sets = FIELDS.map((field, at) => new Set(itemsOf(field, words[at] ?? '').flatMap((values) => values ?? [])));
  const [minute, hour, day, month, weekday] = sets as [Set<number>, Set<number>, Set<number>, Set<number>, Set<number>];
  if (weekday.has(7)) weekday.add(0); // Sunday is 0 and 7
  return { minute, hour, day, month, weekday, fields: words as unknown as Cron['fields'] };
}
