/** Those that ended within the last hours. */
export function within<Thing extends { ended_at: string | null; created_at: string }>(things: readonly Thing[], hours: number, now = Date.now()): Thing[] {
  return things.filter(({ ended_at, created_at }) => now - new Date(ended_at ?? created_at).getTime() < hours * 3_600_000);
}
