import { texts } from '@/shared/texts';

const { mode } = texts.restore.target;
const { options } = texts.restore;
const quoted = (text: string) => `“${text}”`;

/** What the check calls as the command line does, and how it is called here; what this page has not got is left out. */
const NAMES: readonly (readonly [string, string])[] = [
  [', map them with --role-map OLD=NEW', ''],
  [', or take their rows with "holdfast extract --sql --data-only"', ''],
  ['; to have the others gone, give --drop-others', ''],
  ['with --mode new', `with ${quoted(mode.new.title)}`],
  ['with --mode swap', `with ${quoted(mode.swap.title)}`],
  ['with --mode in-place', `with ${quoted(mode.in_place.title)}`],
  ['--create-roles', quoted(options.roles)],
  ['--no-owner --no-privileges', `${quoted(options.owner)} and ${quoted(options.privileges)}`],
  ['--no-owner', quoted(options.owner)],
];

export function onPage(finding: string): string {
  return NAMES.reduce((text, [name, words]) => text.replace(name, words), finding);
}

/** Roles are missing, and the restore could make them. */
export function lacksRoles(findings: readonly { fatal: boolean; text: string }[]): boolean {
  return findings.some(({ fatal, text }) => fatal && text.includes('--create-roles'));
}

/** Something is lost by it, or it may be the wrong database. What a restore has kept is of the same one, whatever it is called. */
export function isWarning(finding: string): boolean {
  return /will be gone|will come back empty|is dropped first|will be ended/.test(finding) || (finding.includes('; its content replaces that of ') && !finding.includes('_hf_kept_'));
}
