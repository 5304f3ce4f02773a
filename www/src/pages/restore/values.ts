import type { Mode, PreflightRequest } from '@/entities/restore';

type Safety = NonNullable<PreflightRequest['safety']>;
type Proof = NonNullable<PreflightRequest['proof']>;

/** The form of the target, as its fields have it. */
export type Values = {
  mode: Mode;
  database_id: string | null;
  server_id: string | null;
  database_name: string;
  identity: string;
  halt_connections: boolean;
  halt_gate: boolean;
  halt_webhooks: boolean;
  keep_hours: number | string;
  safety: Safety;
  proof: Proof;
  jobs: number | string;
  no_owner: boolean;
  no_privileges: boolean;
  create_roles: boolean;
  tables: string[];
  exclude_tables: string[];
};

export const usual: Omit<Values, 'database_id' | 'server_id'> = {
  mode: 'swap',
  database_name: '',
  identity: '',
  halt_connections: false,
  halt_gate: false,
  halt_webhooks: false,
  keep_hours: '',
  safety: 'after',
  proof: 'digest',
  jobs: '',
  no_owner: false,
  no_privileges: false,
  create_roles: false,
  tables: [],
  exclude_tables: [],
};

const OPTIONS = Object.keys(usual).filter((name) => !['mode', 'database_name', 'identity'].includes(name));

/** How many options are not as usual here: closed, they are not forgotten so. */
export function changedOptions(values: Values, presets: Partial<Values> = {}): number {
  const here: Record<string, unknown> = { ...usual, ...presets };
  return OPTIONS.filter((name) => JSON.stringify((values as Record<string, unknown>)[name]) !== JSON.stringify(here[name])).length;
}

/** What the API is asked: only what differs from its own defaults, and only what belongs to the mode. */
export function requestOf(backupId: string, values: Values): PreflightRequest {
  const isNew = values.mode === 'new';
  const isSwap = values.mode === 'swap';
  return {
    backup_id: backupId,
    mode: values.mode,
    ...(isNew ? { server_id: values.server_id ?? '', database_name: values.database_name.trim() } : { database_id: values.database_id ?? '' }),
    ...(values.identity ? { identity: values.identity.trim() } : {}),
    ...(!isNew && values.halt_connections ? { halt_connections: true } : {}),
    ...(!isNew && values.halt_gate ? { halt_gate: true } : {}),
    ...(!isNew && values.halt_webhooks ? { halt_webhooks: true } : {}),
    ...(isSwap && typeof values.keep_hours === 'number' ? { keep_old_s: Math.round(values.keep_hours * 3600) } : {}),
    ...(isSwap && values.safety !== usual.safety ? { safety: values.safety } : {}),
    ...(values.proof !== usual.proof ? { proof: values.proof } : {}),
    ...(typeof values.jobs === 'number' ? { jobs: values.jobs } : {}),
    ...(values.no_owner ? { no_owner: true } : {}),
    ...(values.no_privileges ? { no_privileges: true } : {}),
    ...(values.create_roles ? { create_roles: true } : {}),
    ...(values.tables.length > 0 ? { tables: values.tables } : {}),
    ...(values.exclude_tables.length > 0 ? { exclude_tables: values.exclude_tables } : {}),
  };
}

const PARTS = ['connections', 'gate', 'webhooks'] as const;

/** What of the services is halted for it. */
export function halted(request: PreflightRequest): (typeof PARTS)[number][] {
  return PARTS.filter((part) => request[`halt_${part}`] === true);
}
