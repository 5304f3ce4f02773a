import { cronFault } from '@/entities/schedule';
import type { Schedule } from '@/entities/schedule';
import { texts } from '@/shared/texts';
import { required } from '@/shared/ui/form';

const words = texts.schedules.form;

/** What the form holds. Its names are the API's where there is one, so that a complaint finds its field. */
export interface Values extends Record<string, unknown> {
  name: string;
  description: string;
  what: 'chosen' | 'pattern';
  database_ids: string[];
  server_id: string | null;
  database_pattern: string;
  /** Seconds, as in texts.schedules.form.intervals; or "own" with `hours`, or "cron". */
  often: string;
  hours: number | '';
  cron: string;
  time_zone: string;
  keep_count: number | '';
  keep_days: number | '';
  storage_id: string | null;
  folder: string;
  prefix: string;
  key_ids: string[];
}

export function zoneHere(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
}

/** A new one: every 24 hours, seven kept; what there is one of alone is chosen. */
export function newValues(only: { database?: string; storage?: string; key?: string }): Values {
  return {
    name: '',
    description: '',
    what: 'chosen',
    database_ids: only.database ? [only.database] : [],
    server_id: null,
    database_pattern: '*',
    often: '86400',
    hours: 6,
    cron: '30 3 * * *',
    time_zone: zoneHere(),
    keep_count: 7,
    keep_days: '',
    storage_id: only.storage ?? null,
    folder: '',
    prefix: '',
    key_ids: only.key ? [only.key] : [],
  };
}

export function valuesOf(schedule: Schedule): Values {
  const seconds = schedule.interval_s;
  const isKnown = seconds !== null && String(seconds) in words.intervals;
  return {
    ...newValues({}),
    name: schedule.name,
    description: schedule.description,
    what: schedule.database_pattern === null ? 'chosen' : 'pattern',
    database_ids: schedule.database_ids,
    server_id: schedule.server_id,
    database_pattern: schedule.database_pattern ?? '*',
    often: seconds === null ? 'cron' : isKnown ? String(seconds) : 'own',
    ...(seconds !== null && !isKnown ? { hours: seconds / 3600 } : {}),
    ...(schedule.cron === null ? {} : { cron: schedule.cron, time_zone: schedule.time_zone }),
    keep_count: schedule.keep_count ?? '',
    keep_days: schedule.keep_days ?? '',
    storage_id: schedule.storage_id,
    folder: schedule.folder,
    prefix: schedule.prefix,
    key_ids: schedule.key_ids,
  };
}

export function intervalOf({ often, hours }: Values): number | null {
  if (often === 'cron') return null;
  return often === 'own' ? Math.round(Number(hours) * 3600) : Number(often);
}

export function bodyOf(values: Values) {
  const isPattern = values.what === 'pattern';
  const isCron = values.often === 'cron';
  const number = (value: number | '') => (value === '' ? null : value);
  return {
    name: values.name.trim(),
    description: values.description,
    database_ids: isPattern ? [] : values.database_ids,
    server_id: isPattern ? values.server_id : null,
    database_pattern: isPattern ? values.database_pattern : null,
    interval_s: intervalOf(values),
    cron: isCron ? values.cron.trim() : null,
    time_zone: isCron ? values.time_zone : 'UTC',
    keep_count: number(values.keep_count),
    keep_days: number(values.keep_days),
    storage_id: values.storage_id ?? '',
    folder: values.folder,
    prefix: values.prefix,
    key_ids: values.key_ids,
  };
}

/** What the service is asked, to say when it would run; `startsAt` is of the saved schedule. */
export function timingOf(values: Values, startsAt?: string) {
  return {
    ...(values.often === 'cron' ? { cron: values.cron.trim(), time_zone: values.time_zone } : { interval_s: intervalOf(values), time_zone: 'UTC' }),
    ...(startsAt === undefined ? {} : { starts_at: startsAt }),
  };
}

const isWithin = (value: number | '', least: number, most: number) => value === '' || (Number.isInteger(value) && value >= least && value <= most);

function cronWrong(value: string): string | null {
  const fault = cronFault(value);
  return fault === null ? null : fault === 'fields' ? words.cronWrong : words.cronField(fault.word, fault.field);
}

/** The rules of useForm. */
export const rules = (isUnencrypted: boolean) => ({
  name: (value: string) => required(words.nameMissing)(value) ?? (value.length > 200 ? words.tooLong : null),
  description: (value: string) => (value.length > 2000 ? words.tooLong : null),
  database_ids: (value: string[], { what }: Values) => (what === 'chosen' && value.length === 0 ? words.databasesMissing : null),
  server_id: (value: string | null, { what }: Values) => (what === 'pattern' && !value ? words.serverMissing : null),
  database_pattern: (value: string, { what }: Values) => (what === 'pattern' && !value.trim() ? words.patternMissing : null),
  hours: (value: number | '', { often }: Values) => (often === 'own' && !(typeof value === 'number' && value >= 1 && value <= 8784) ? words.hoursWrong : null),
  cron: (value: string, { often }: Values) => (often === 'cron' ? cronWrong(value) : null),
  time_zone: (value: string | null, { often }: Values) => (often === 'cron' ? required(words.zoneMissing)(value) : null),
  keep_count: (value: number | '') => (isWithin(value, 1, 100_000) ? null : words.countWrong),
  keep_days: (value: number | '') => (isWithin(value, 1, 36_500) ? null : words.daysWrong),
  storage_id: required(words.storageMissing),
  folder: (value: string) => (value.startsWith('/') || value.split('/').some((part) => part.startsWith('.')) ? words.folderWrong : value.length > 200 ? words.tooLong : null),
  prefix: (value: string) => (/^(?!\.)[^/]{0,60}$/.test(value) ? null : words.prefixWrong),
  key_ids: (value: string[]) => (value.length === 0 && !isUnencrypted ? words.keysMissing : null),
});
