import { options as ofMigration } from '@/shared/texts/options';
import { restore } from '@/shared/texts/restore';

const { options, target } = restore;
const quoted = (text: string) => `“${text}”`;
type Names = readonly (readonly [string, string])[];

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
  ['make it with --mode new', `choose ${quoted(ofMigration.new)}`],
  ['replace it with --mode swap', `choose ${quoted(ofMigration.swap)}`],
  [', or restore with --mode in-place', ''],
  ['with --exclude-table', `with ${quoted(ofMigration.leaveOut)}`],
  ['with --others go-on', `with ${quoted(ofMigration.goOn)}`],
  ['in --map what becomes of them (docs/migrate-to-sql-server.md)', `under ${quoted(ofMigration.values)} what becomes of them`],
  ['in the map what becomes of them', `under ${quoted(ofMigration.values)} what becomes of them`],
  ['put such rows aside with --refused-to', `have such rows left out, under ${quoted(ofMigration.refused)}`],
  ['allow more with --refused-limit', `allow more under ${quoted(ofMigration.refused)}`],
  ['(--master-key-password-file; of a job, master_key_password)', `(${quoted(ofMigration.master)})`],
];

/** What the engine says, in the words of the page, where there is one for what it names: of a job of this kind. */
export function inPage(text: string, kind: string): string {
  const names = [...(kind === 'migrate' || kind === 'assess' ? MIGRATION : MODES), ...NAMES];
  return names.reduce((changed, [name, words]) => changed.replace(name, words), text);
}
