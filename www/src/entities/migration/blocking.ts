import type { Assessment } from './queries';

type Finding = Assessment['findings'][number];

/** No migration begins while there is such a finding: see is_refused in src/service/migrate_mssql.c. */
export function isBlocking({ kind, choice }: Pick<Finding, 'kind' | 'choice'>): boolean {
  return choice === 'refuse' || kind === 'unique but for trailing spaces';
}
