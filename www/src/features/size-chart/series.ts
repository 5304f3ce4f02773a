import type { Backup } from '@/entities/backup';

export interface Point {
  /** When it was taken; with `byDay` the first moment of the day. */
  at: string;
  bytes: number;
  seconds: number;
  count: number;
}

type Measured = Pick<Backup, 'created_at' | 'size_bytes' | 'duration_ms' | 'state'>;

/** Each good backup as a point, the oldest first; with `byDay`, of many databases, what one day's are together. */
export function seriesOf(backups: readonly Measured[], byDay: boolean): Point[] {
  const points = backups
    .filter(({ state, size_bytes }) => state !== 'deleted' && state !== 'missing' && size_bytes > 0)
    .map(({ created_at, size_bytes, duration_ms }): Point => ({ at: created_at, bytes: size_bytes, seconds: duration_ms / 1000, count: 1 }))
    .sort((one, other) => one.at.localeCompare(other.at));
  return byDay ? together(points) : points;
}

function together(points: readonly Point[]): Point[] {
  const days = new Map<string, Point>();
  for (const point of points) {
    const day = new Date(point.at);
    day.setHours(0, 0, 0, 0);
    const at = day.toISOString();
    const before = days.get(at);
    days.set(at, { at, bytes: point.bytes + (before?.bytes ?? 0), seconds: point.seconds + (before?.seconds ?? 0), count: 1 + (before?.count ?? 0) });
  }
  return [...days.values()];
}
