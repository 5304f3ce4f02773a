export { chainOf } from './chain';
export type { ChainState } from './chain';
export { asCsv } from './csv';
export { eachAuditEvent, serversChain, useAuditPage } from './queries';
export type { AuditEvent, Scope, ServersChain } from './queries';
