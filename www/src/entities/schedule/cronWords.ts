import { texts } from '@/shared/texts';
import { parseCron } from './cron';
import type { Cron } from './cron';

const words = texts.schedules.cronWords;
const MOST_TIMES = 6;
const two = (value: number) => String(value).padStart(2, '0');
const sorted = (values: ReadonlySet<number>) => [...values].sort((one, other) => one - other);

/** What follows each other, first and last; null: there are gaps, or fewer than three. */
function run(values: readonly number[]): [number, number] | null {
  const [first, last] = [values[0], values.at(-1)];
  return first !== undefined && last !== undefined && values.length > 2 && last - first === values.length - 1 ? [first, last] : null;
}

function stepOf(field: string): number | null {
  const step = /^\*\/(\d+)$/.exec(field)?.[1];
  return step ? Number(step) : null;
}

function hoursOf(cron: Cron): string {
  const hours = sorted(cron.hour);
  const range = run(hours);
  return range ? words.between(`${two(range[0])}:00`, `${two(range[1])}:59`) : words.inHours(words.list(hours.map((hour) => `${two(hour)}:00`)));
}

/** The time of day, and whether it is said as "every …" by itself. */
function timeOf(cron: Cron): { text: string; isEvery: boolean } {
  const [minute, hour] = cron.fields;
  const minutes = sorted(cron.minute);
  const every = stepOf(minute) ?? (minute === '*' ? 1 : null);
  if (every !== null) return { text: [words.everyMinutes(every), ...(hour === '*' ? [] : [hoursOf(cron)])].join(' '), isEvery: true };
  const at = words.list(minutes.map(two));
  if (hour === '*') return { text: words.everyHours(1, at), isEvery: true };
  const step = stepOf(hour);
  if (step !== null && 24 % step === 0 && 24 / step > 2) return { text: words.everyHours(step, at), isEvery: true };
  if (cron.hour.size * minutes.length > MOST_TIMES) return { text: `${words.everyHours(1, at)} ${hoursOf(cron)}`, isEvery: true };
  const times = sorted(cron.hour).flatMap((each) => minutes.map((one) => `${two(each)}:${two(one)}`));
  return { text: words.at(words.list(times)), isEvery: false };
}

function named(values: readonly number[], names: readonly string[]): string {
  const range = run(values);
  const name = (value: number) => names[value] ?? '';
  return range ? words.fromTo(name(range[0]), name(range[1])) : words.list(values.map(name));
}

/** "" for every day; null: what cannot be said shortly. */
function dayOf(cron: Cron): string | null {
  const [, , day, , weekday] = cron.fields;
  const step = stepOf(day);
  const onDays = step !== null && step > 1 ? words.everyDays(step) : words.onDays(words.list(sorted(cron.day).map(words.ordinal)));
  const week = sorted(cron.weekday).filter((each) => each < 7);
  const inWeek = week[0] === 0 && week.length > 1 ? [...week.slice(1), 7] : week; // a week ends with Sunday
  const onWeekdays = named(inWeek, words.weekdays);
  if (weekday.startsWith('*') && weekday !== '*') return null;
  if (day === '*') return weekday === '*' ? '' : onWeekdays;
  if (weekday === '*') return onDays;
  return step === null && !day.startsWith('*') ? words.either(onDays, onWeekdays) : null;
}

/** "Monday to Friday at 03:30"; null when the expression is none, or too odd to be said in a line. */
export function cronWords(text: string): string | null {
  const cron = parseCron(text);
  const day = cron && dayOf(cron);
  if (!cron || day === null) return null;
  const { text: time, isEvery } = timeOf(cron);
  const months = cron.fields[3] === '*' ? '' : words.inMonths(named(sorted(cron.month).map((month) => month - 1), words.months));
  const said = day ? (isEvery ? `${time}, ${day}` : `${day} ${time}`) : isEvery ? time : `${words.everyDay} ${time}`;
  return months ? `${said}, ${months}` : said;
}
