import { useCallback, useState } from 'react';
import { useSearchParams } from 'react-router-dom';
import { readDraft, usual, writeDraft } from '@/entities/migration';
import type { Values } from '@/entities/migration';

export const STEPS = ['ends', 'what', 'check', 'go'] as const;
export type StepName = (typeof STEPS)[number];

export interface Wizard {
  step: StepName;
  values: Values;
  /** The job of the assessment. */
  job: string | undefined;
  /** `migration` is the job that was begun with them. */
  keep: (values: Values, migration?: string) => void;
  go: (step: StepName, job?: string) => void;
}

/**
 * Where one is stands in the address (?step=, ?job=), what was chosen in the tab's storage: a reload loses nothing but a
 * password. Who comes anew after a migration was begun, or to a step that nothing was chosen for, is at the beginning.
 */
export function useWizard(): Wizard {
  const [params, setParams] = useSearchParams();
  const asked = params.get('step');
  const [values, setValues] = useState(() => {
    const draft = readDraft();
    return draft && (asked !== null || draft.migration === undefined) ? draft.values : usual;
  });
  const job = params.get('job') ?? undefined;
  const found = STEPS.find((name) => name === asked) ?? 'ends';
  const step = values.database_id === null ? 'ends' : job === undefined && (found === 'check' || found === 'go') ? 'what' : found;
  const keep = useCallback(
    (next: Values, migration?: string) => {
      setValues(next);
      writeDraft({ values: next, ...(migration ? { migration } : {}), ...(job ? { assessment: job } : {}) });
    },
    [job],
  );
  const go = useCallback(
    (to: StepName, of?: string) => {
      setParams({ step: to, ...(of ? { job: of } : {}) });
      window.scrollTo(0, 0);
    },
    [setParams],
  );
  return { step, values, job, keep, go };
}
