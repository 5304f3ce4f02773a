import type { AuditEvent } from './queries';

/**
 * The hash of a row is over that of the row before it and its own text, as audit_text() of the catalog writes it. The rows
 * of all organizations stand in one chain, so only those that follow each other here can be recomputed; the whole of it is
 * walked by `holdfast audit verify`.
 */
export interface ChainState {
  rows: number;
  /** How many were computed anew from the row before, and fitted. */
  checked: number;
  /** The id of the newest row that does not fit; null: none. */
  broken: string | null;
  newest: AuditEvent | undefined;
}

/** As jsonb is written: what JSON.stringify gives, with a space after each comma. What is the installation's has no organization. */
export function textOf(event: AuditEvent, organizationId: string | null): string {
  const { at, actor, action, object_kind, object_id, object_name, address, outcome, detail } = event;
  const values = [at, organizationId, actor, action, object_kind, object_id, object_name, address, outcome, detail];
  return `[${[event.id, ...values.map((value) => JSON.stringify(value))].join(', ')}]`;
}

const bytesOf = (hex: string) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const hexOf = (bytes: ArrayBuffer) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');

async function fits(event: AuditEvent, before: string, organizationId: string | null): Promise<boolean> {
  const text = new TextEncoder().encode(textOf(event, organizationId));
  const input = new Uint8Array(32 + text.length);
  input.set(bytesOf(before));
  input.set(text, 32);
  return hexOf(await crypto.subtle.digest('SHA-256', input)) === event.hash;
}

/** Of the events of one organization (null: of the installation), the newest first. */
export async function chainOf(events: readonly AuditEvent[], organizationId: string | null): Promise<ChainState> {
  let checked = 0;
  let broken: string | null = null;
  for (const [at, event] of events.entries()) {
    const before = event.id === '1' ? '0'.repeat(64) : events[at + 1];
    const hash = typeof before === 'string' ? before : before && Number(before.id) === Number(event.id) - 1 ? before.hash : undefined;
    if (hash === undefined) continue;
    if (await fits(event, hash, organizationId)) checked += 1;
    else broken ??= event.id;
  }
  return { rows: events.length, checked, broken, newest: events[0] };
}
