/** Whether none of the organization's keys opens a backup. What is not known to be locked is tried. */
export function needsKey(fingerprints: readonly string[], keys: readonly { fingerprint: string; has_secret: boolean }[]): boolean {
  return fingerprints.length > 0 && !keys.some((key) => key.has_secret && fingerprints.includes(key.fingerprint));
}
