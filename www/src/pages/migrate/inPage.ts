import { onPage } from '@/entities/restore';
import { migrations } from '@/shared/texts/migrations';

const { what } = migrations;
const quoted = (text: string) => `“${text}”`;

/** What the command line's words are called in this wizard. */
const NAMES: readonly (readonly [string, string])[] = [
  ['with --others go-on', `with ${quoted(what.othersValues.go_on)}`],
  ['in --map what becomes of them (docs/migrate-to-sql-server.md)', `under ${quoted(what.values)} what becomes of them`],
];

export function inPage(text: string): string {
  return NAMES.reduce((changed, [name, words]) => changed.replace(name, words), onPage(text));
}
