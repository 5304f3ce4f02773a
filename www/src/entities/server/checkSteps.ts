import type { Server } from './queries';

export type StepName = 'reach' | 'encrypt' | 'signIn' | 'version';
export type StepState = 'ok' | 'failed' | 'not reached';

export interface Step {
  name: StepName;
  state: StepState;
}

const STEPS: readonly StepName[] = ['reach', 'encrypt', 'signIn', 'version'];

/** By what the server and libpq say; the first that matches. */
const SIGNS: readonly (readonly [RegExp, StepName])[] = [
  [/\bis PostgreSQL .* is needed/, 'version'],
  [/\b(SSL|TLS|certificate|GSSAPI)\b.*\b(not supported|required|error|fail|verify|does not support|does not match|expired)|does not support SSL|root certificate/i, 'encrypt'],
  [/authentication|pg_hba\.conf|password|role "|database ".*does not exist|permission denied|too many connections|starting up/i, 'signIn'],
];

/** The test of a server as the steps that it takes: what works, what failed, and what was not come to. */
export function checkSteps(check: NonNullable<Server['check']>): Step[] {
  const failed = check.ok ? STEPS.length : STEPS.indexOf(SIGNS.find(([sign]) => sign.test(check.message))?.[1] ?? 'reach');
  return STEPS.map((name, at) => ({ name, state: at < failed ? 'ok' : at === failed ? 'failed' : 'not reached' }));
}
