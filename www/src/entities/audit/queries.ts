import { api, take, usePagedList } from '@/shared/api';
import type { ListState, Schemas } from '@/shared/api';

export type AuditEvent = Schemas['AuditEvent'];

/** What was done in the organization, or to the installation, which is no organization's and an owner's to see. */
export type Scope = 'organization' | 'installation';
const PATHS = { organization: '/api/v1/audit', installation: '/api/v1/installation/audit' } as const;

export function useAuditPage(state: ListState, scope: Scope = 'organization') {
  return usePagedList<AuditEvent>(['audit', scope], state, (query, signal) => take(api.GET(PATHS[scope], { params: { query: query as never }, signal })), {
    pollMs: 30_000,
    limit: 50,
  });
}

export type ServersChain = Schemas['AuditChain'];

/** The whole installation's chain, walked by the server, and held against what a worker has noted outside of the catalog. */
export function serversChain(): Promise<ServersChain> {
  return take(api.GET('/api/v1/audit/chain'));
}

/** All that match, the newest first, in pages of 500: for an export and for the chain. `onCount` says how many there are yet. */
export async function eachAuditEvent(scope: Scope, state: Pick<ListState, 'filters' | 'search'> | null, onCount: (count: number) => void): Promise<AuditEvent[]> {
  const events: AuditEvent[] = [];
  let cursor: string | null = null;
  do {
    const query = { ...state?.filters, ...(state?.search ? { q: state.search } : {}), ...(cursor ? { cursor } : {}), sort: '-seq', limit: 500 };
    const page: Schemas['AuditEventList'] = await take(api.GET(PATHS[scope], { params: { query: query as never } }));
    events.push(...page.items);
    cursor = page.cursor;
    onCount(events.length);
  } while (cursor);
  return events;
}
