/** Roles are missing, and the restore could make them. */
export function lacksRoles(findings: readonly { fatal: boolean; text: string }[]): boolean {
  return findings.some(({ fatal, text }) => fatal && text.includes('--create-roles'));
}

/** Something is lost by it, or it may be the wrong database. What a restore has kept is of the same one, whatever it is called. */
export function isWarning(finding: string): boolean {
  return /will be gone|will come back empty|is dropped first|will be ended/.test(finding) || (finding.includes('; its content replaces that of ') && !finding.includes('_hf_kept_'));
}
