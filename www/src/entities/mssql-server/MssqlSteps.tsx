import { mssqlServers } from '@/shared/texts/mssqlServers';
import { CheckSteps } from '@/shared/ui';
import type { MssqlCheck } from './queries';

/** What a test of a SQL Server came to, step by step. */
export function MssqlSteps({ check }: { check: Pick<MssqlCheck, 'steps'> }) {
  return <CheckSteps steps={check.steps} names={mssqlServers.check.steps} />;
}
