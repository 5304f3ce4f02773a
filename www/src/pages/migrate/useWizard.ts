import { useCallback, useEffect, useState } from 'react';
import { useSearchParams } from 'react-router-dom';
import { assessedOf, hasEnds, ofSource, readDraft, usual, writeDraft } from '@/entities/migration';
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
  /** What was chosen, in this step or before; it is kept while one types. */
  keep: (values: Values) => void;
  /** The job that was begun with them: of an assessment, or of the migration. */
  began: (values: Values, of: { assessment: string } | { migration: string }) => void;
  go: (step: StepName, job?: string) => void;
  secrets: Secrets;
  tell: (part: Partial<Secrets>) => void;
}

/**
 * Where one is stands in the address (?step=, ?job=), what was chosen in the tab's storage: a reload loses nothing but the
 * secrets. Who comes anew after a migration was begun, or to a step before both ends are named, is at the beginning.
 */
export function useWizard(who: string): Wizard {
  const [params, setParams] = useSearchParams();
  const asked = params.get('step');
  const [kept, setValues] = useState(() => {
    const draft = readDraft(who);
    return draft && (asked !== null || draft.migration === undefined) ? draft.values : usual;
  });
  const [secrets, setSecrets] = useState<Secrets>({ password: '', identity: '', master: '' });
  const job = params.get('job') ?? undefined;
  const [assessed, setAssessed] = useState(() => {
    const draft = readDraft(who);
    return { job: draft?.assessment, of: draft?.assessed };
  });
  const found = STEPS.find((name) => name === asked) ?? 'ends';
  const isAtEnds = found === 'ends' || !hasEnds(kept);
  const values = isAtEnds ? kept : ofSource(kept); // who has chosen the wrong source, and the right one again, has lost nothing
  const isAssessed = job !== undefined && job === assessed.job && assessed.of === assessedOf(values);
  const step = isAtEnds ? 'ends' : job === undefined && found !== 'what' ? 'what' : found === 'go' && !isAssessed ? 'check' : found;
  const keep = useCallback((next: Values) => {
    const { assessment, assessed: of } = readDraft(who) ?? {};
    setValues(next);
    writeDraft(who, { values: next, ...(assessment ? { assessment } : {}), ...(of ? { assessed: of } : {}) });
  }, [who]);
  const began = useCallback((next: Values, of: { assessment: string } | { migration: string }) => {
    setValues(next);
    if ('assessment' in of) {
      setAssessed({ job: of.assessment, of: assessedOf(next) });
      writeDraft(who, { values: next, assessment: of.assessment, assessed: assessedOf(next) });
    } else {
      writeDraft(who, { ...readDraft(who), values: next, migration: of.migration });
    }
  }, [who]);
  const go = useCallback(
    (to: StepName, of?: string) => {
      setParams({ step: to, ...(of ? { job: of } : {}) });
      window.scrollTo(0, 0);
    },
    [setParams],
  );
  // Who is led to a later step without both ends is at the first, and stays there while the ends are filled in.
  useEffect(() => {
    if (isAtEnds && found !== 'ends') setParams({ step: 'ends' }, { replace: true });
  }, [isAtEnds, found, setParams]);
  const tell = useCallback((part: Partial<Secrets>) => {
    setSecrets((before) => ({ ...before, ...part }));
  }, []);
  return { step, values, job, isAssessed, keep, began, go, secrets, tell };
}
