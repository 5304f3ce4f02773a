import type { Tone } from '@/shared/ui';

/** What becomes of an object, and how it looks. */
export const VERDICTS = [
  ['same', 'ok'],
  ['changed', 'warn'],
  ['left behind', 'quiet'],
] as const satisfies readonly (readonly [string, Tone])[];

export type Verdict = (typeof VERDICTS)[number][0];

export const TONE = Object.fromEntries(VERDICTS) as Record<Verdict, Tone>;
