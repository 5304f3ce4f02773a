import { api, take, usePagedList } from '@/shared/api';
import type { ListState, Schemas } from '@/shared/api';

export type AuditEvent = Schemas['AuditEvent'];

export function useAuditPage(state: ListState) {
  return usePagedList<AuditEvent>(['audit'], state, (query, signal) => take(api.GET('/api/v1/audit', { params: { query: query as never }, signal })), {
    pollMs: 30_000,
    limit: 50,
  });
}

/** All that match, the newest first, in pages of 500: for an export and for the chain. `onCount` says how many there are yet. */
export async function eachAuditEvent(state: Pick<ListState, 'filters' | 'search'> | null, onCount: (count: number) => void): Promise<AuditEvent[]> {
  const events: AuditEvent[] = [];
  let cursor: string | null = null;
  do {
    const query = { ...state?.filters, ...(state?.search ? { q: state.search } : {}), ...(cursor ? { cursor } : {}), sort: '-seq', limit: 500 };
    const page: Schemas['AuditEventList'] = await take(api.GET('/api/v1/audit', { params: { query: query as never } }));
    events.push(...page.items);
    cursor = page.cursor;
    onCount(events.length);
  } while (cursor);
  return events;
}
