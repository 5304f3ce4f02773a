/** Numbers as people say them. All are pure, and take what the API gives: bytes, bytes a second, seconds, counts. */

const COUNT = new Intl.NumberFormat('en');
const SIZES = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'] as const;

/** Three digits that matter: 0 bytes, 999 bytes, 1.25 MB, 12.5 MB, 125 MB. Powers of 1000, as disks are sold. */
export function size(bytes: number): string {
  if (!Number.isFinite(bytes) || bytes < 0) return '–';
  if (bytes < 1000) return `${String(Math.round(bytes))} ${Math.round(bytes) === 1 ? 'byte' : 'bytes'}`;
  let unit = 0;
  let value = bytes;
  while (threeDigits(value) >= 1000 && unit < SIZES.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${trimmed(value)} ${SIZES[unit] ?? ''}`;
}

export function rate(bytesPerSecond: number): string {
  const text = size(bytesPerSecond);
  return text === '–' ? text : `${text}/s`;
}

export function count(value: number): string {
  return COUNT.format(value);
}

/** 1,234 rows; 1 row. */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** What a progress bar says: never 100 % before the end, never -0. */
export function percent(value: number, isDone = false): string {
  if (isDone) return '100%';
  return `${String(Math.max(0, Math.min(99, Math.floor(value))))}%`;
}

const STEPS: readonly (readonly [number, string])[] = [
  [86_400, 'd'],
  [3_600, 'h'],
  [60, 'min'],
  [1, 's'],
];

/** The two units that matter: 0.4 s, 12 s, 3 min 20 s, 2 h, 4 d 6 h. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds) || seconds < 0) return '–';
  if (seconds < 10 && !Number.isInteger(seconds)) {
    const tenths = Math.round(seconds * 10) / 10;
    if (tenths < 10) return `${String(tenths)} s`;
  }
  let rest = Math.round(seconds);
  const first = STEPS.findIndex(([length]) => rest >= length);
  if (first < 0) return '0 s';
  const parts: string[] = [];
  for (const [length, name] of STEPS.slice(first, first + 2)) {
    const whole = Math.floor(rest / length);
    if (whole > 0) parts.push(`${String(whole)} ${name}`);
    rest -= whole * length;
  }
  return parts.join(' ');
}

/** How long is left, calmly: it is an estimate, so it does not count single seconds down. */
export function timeLeft(seconds: number | null): string {
  if (seconds === null || !Number.isFinite(seconds) || seconds < 0) return 'time left not known yet';
  if (seconds < 10) return 'a few seconds left';
  if (seconds < 60) return `about ${String(Math.ceil(seconds / 10) * 10)} s left`;
  if (seconds < 3_600) return `about ${String(Math.ceil(seconds / 60))} min left`;
  return `about ${duration(Math.ceil(seconds / 300) * 300)} left`;
}

const INTERVALS: readonly (readonly [number, string])[] = [
  [604_800, 'week'],
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
];

/** How often: every 8 hours, every 3 days, every hour. */
export function interval(seconds: number): string {
  const [length, name] = INTERVALS.find(([each]) => seconds % each === 0 && !(each === 604_800)) ?? [1, 'second'];
  const times = seconds / length;
  if (name === 'day' && times === 1) return 'every 24 hours';
  return times === 1 ? `every ${name}` : `every ${count(times)} ${name}s`;
}

function threeDigits(value: number): number {
  return Number(value.toPrecision(3));
}

function trimmed(value: number): string {
  return String(threeDigits(value));
}
