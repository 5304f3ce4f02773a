import { requestOf, usual } from './values';
import type { Values } from './values';

const placeOf = (who: string) => `holdfast.migration.${who}`;

/** What the wizard of this tab has come to. */
export interface Draft {
  values: Values;
  /** The jobs of the migration, once it was begun, and of the assessment before it. */
  migration?: string;
  assessment?: string;
  /** What the assessment was asked about: other choices need another one. */
  assessed?: string;
}

/** What of the choices an assessment is about. */
export function assessedOf(values: Values): string {
  return JSON.stringify(requestOf(values));
}

/** Of this tab and of one user in one organization, so that a reload loses nothing; there is no password in it. It goes with the session. */
export function readDraft(who: string): Draft | null {
  try {
    const draft = JSON.parse(sessionStorage.getItem(placeOf(who)) ?? 'null') as Draft | null;
    return draft && { ...draft, values: { ...usual, ...draft.values } };
  } catch {
    return null;
  }
}

export function writeDraft(who: string, draft: Draft): void {
  sessionStorage.setItem(placeOf(who), JSON.stringify(draft));
}
