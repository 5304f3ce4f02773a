import { options as called } from '@/shared/texts/options';
import { restore } from '@/shared/texts/restore';

const { options, target } = restore;
const quoted = (text: string) => `“${text}”`;
type Names = readonly (readonly [string | RegExp, string])[];

/** What the engine calls as its command line does, and how it is called here; what the page has not got is left out. */
const NAMES: Names = [
  [', map them with --role-map OLD=NEW', ''],
  [', or take their rows with "holdfast extract --sql --data-only"', ''],
  ['; to have the others gone, give --drop-others', ''],
  [', or wait longer with --lock-wait-timeout', ''],
  [' (user=… in --to)', ''],
  ['of --table and --exclude-table', 'that are named'],
  [', or take their schema with --schema', ''],
  ['give its passphrase with --passphrase-file', 'give its passphrase'],
  ['give a secret key that fits with --identity', 'give a secret key that fits'],
  ['--create-roles', quoted(options.roles)],
  ['--no-owner --no-privileges', `${quoted(options.owner)} and ${quoted(options.privileges)}`],
  ['--no-owner', quoted(options.owner)],
];

const MODES: Names = [
  ['with --mode new', `with ${quoted(target.mode.new.title)}`],
  ['with --mode swap', `with ${quoted(target.mode.swap.title)}`],
  ['with --mode in-place', `with ${quoted(target.mode.in_place.title)}`],
  [', or leave tables out with --exclude-table', ''],
];

const MIGRATION: Names = [
  ['make it with --mode new', `choose ${quoted(called.new)}`],
  ['replace it with --mode swap', `choose ${quoted(called.swap)}`],
  ['with --exclude-table', `with ${quoted(called.leaveOut)}`],
  ['with --others go-on', `with ${quoted(called.goOn)}`],
  ['in --map what becomes of them (docs/migrate-to-sql-server.md)', `under ${quoted(called.values)} what becomes of them`],
  ['in the map what becomes of them', `under ${quoted(called.values)} what becomes of them`],
  ['put such rows aside with --refused-to', `have such rows left out, under ${quoted(called.refused)}`],
  ['allow more with --refused-limit', `allow more under ${quoted(called.refused)}`],
  [/^map: (?:columns|types)\[\d+\]: /, `${quoted(called.types)}: `],
  ['(--master-key-password-file; of a job, master_key_password)', `(${quoted(called.master)})`],
  [/ \(--[a-z-]+; of a job, [a-z_]+\)/, ''],
];

const IMPORT: Names = [
  [/^--table (.+) is no table that rows can go into$/, 'rows cannot go into $1, or it is not there'],
  [/: say where with --column "[^\n]*=COLUMN", or leave it out with --column "[^\n]*="/, `: choose where it goes, or ${quoted(called.nowhere)}`],
];
const OF_KIND: Record<string, Names> = { migrate: MIGRATION, assess: MIGRATION, import: IMPORT, preview: IMPORT };

/** What the engine says, in the words of the page, where there is one for what it names: of a job of this kind. */
export function inPage(text: string, kind: string): string {
  const names = [...(OF_KIND[kind] ?? MODES), ...NAMES];
  return names.reduce((changed, [name, words]) => changed.replace(name, words), text);
}
