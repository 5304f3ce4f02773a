import type { Key } from './queries';

/** Whether backups could not be read here any more without it: such a key the API does not delete. */
export function isNeeded(key: Key, keys: readonly Key[]): boolean {
  const another = keys.some(({ id, fingerprint, has_secret }) => id !== key.id && fingerprint === key.fingerprint && has_secret);
  return key.has_secret && key.opens.backups > 0 && !another;
}
