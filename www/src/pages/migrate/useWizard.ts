import { useCallback, useState } from 'react';
import { useSearchParams } from 'react-router-dom';
import { assessedOf, readDraft, sourceOf, usual, writeDraft } from '@/entities/migration';
import type { Values } from '@/entities/migration';

export const STEPS = ['ends', 'what', 'check', 'go'] as const;
export type StepName = (typeof STEPS)[number];

/** What is asked for and kept nowhere: in no storage, no address, no cache. */
export interface Secrets {
  /** Of the SQL Server. */
  password: string;
  /** The key of the backup that is read. */
  identity: string;
  /** Of the master key that is made in the database there. */
  master: string;
}

export interface Wizard {
  step: StepName;
  values: Values;
  /** The job of the assessment, and whether it is about what is chosen now. */
  job: string | undefined;
  isAssessed: boolean;
  /** What was chosen, in this step or before. */
  keep: (values: Values) => void;
  /** The job that was begun with them: of an assessment, or of the migration. */
  began: (values: Values, of: { assessment: string } | { migration: string }) => void;
  go: (step: StepName, job?: string) => void;
  secrets: Secrets;
  tell: (part: Partial<Secrets>) => void;
}

/**
 * Where one is stands in the address (?step=, ?job=), what was chosen in the tab's storage: a reload loses nothing but the
 * secrets. Who comes anew after a migration was begun, or to a step that nothing was chosen for, is at the beginning.
 */
export function useWizard(): Wizard {
  const [params, setParams] = useSearchParams();
  const asked = params.get('step');
  const [values, setValues] = useState(() => {
    const draft = readDraft();
    return draft && (asked !== null || draft.migration === undefined) ? draft.values : usual;
  });
  const [secrets, setSecrets] = useState<Secrets>({ password: '', identity: '', master: '' });
  const job = params.get('job') ?? undefined;
  const [assessed, setAssessed] = useState(() => {
    const draft = readDraft();
    return { job: draft?.assessment, of: draft?.assessed };
  });
  const isAssessed = job !== undefined && job === assessed.job && assessed.of === assessedOf(values);
  const found = STEPS.find((name) => name === asked) ?? 'ends';
  const step = sourceOf(values) === null ? 'ends' : job === undefined && (found === 'check' || found === 'go') ? 'what' : found === 'go' && !isAssessed ? 'check' : found;
  const keep = useCallback((next: Values) => {
    const { assessment, assessed: of } = readDraft() ?? {};
    setValues(next);
    writeDraft({ values: next, ...(assessment ? { assessment } : {}), ...(of ? { assessed: of } : {}) });
  }, []);
  const began = useCallback((next: Values, of: { assessment: string } | { migration: string }) => {
    setValues(next);
    if ('assessment' in of) {
      setAssessed({ job: of.assessment, of: assessedOf(next) });
      writeDraft({ values: next, assessment: of.assessment, assessed: assessedOf(next) });
    } else {
      writeDraft({ ...readDraft(), values: next, migration: of.migration });
    }
  }, []);
  const go = useCallback(
    (to: StepName, of?: string) => {
      setParams({ step: to, ...(of ? { job: of } : {}) });
      window.scrollTo(0, 0);
    },
    [setParams],
  );
  const tell = useCallback((part: Partial<Secrets>) => {
    setSecrets((before) => ({ ...before, ...part }));
  }, []);
  return { step, values, job, isAssessed, keep, began, go, secrets, tell };
}
