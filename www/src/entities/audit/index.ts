export { chainOf } from './chain';
export type { ChainState } from './chain';
export { asCsv } from './csv';
export { eachAuditEvent, useAuditPage } from './queries';
export type { AuditEvent, Scope } from './queries';
