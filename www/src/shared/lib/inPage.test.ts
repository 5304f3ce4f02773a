import { describe, expect, it } from 'vitest';
import { inPage } from './inPage';

const ROLES = 'roles that the archive names are missing: app; have them made with --create-roles, map them with --role-map OLD=NEW, or leave owners and grants out with --no-owner --no-privileges';

describe('what the engine says of its options', () => {
  it('calls them as the page does, and leaves out what the page has not got', () => {
    expect(inPage(ROLES, 'preflight')).toBe(
      'roles that the archive names are missing: app; have them made with “Make roles that are missing”, or leave owners and grants out with “Leave owners out” and “Leave grants out”',
    );
    expect(inPage('the database a exists already; choose another name, or replace it with --mode swap', 'preflight')).toContain('replace it with “Put a database back to this backup”');
    expect(inPage('all is well', 'preflight')).toBe('all is well');
  });

  // As they stand in src/.
  const ofMigrations = [
    'columns are to be encrypted, and no key is chosen: default, or the name of one of the target (--encryption-key; of a job, encryption_key)',
    'the database a exists already; choose another name, or replace it with --mode swap',
    'there is no database a to swap with; make it with --mode new',
    'stop them and try again, or take what is there now with --others go-on: what they write later stays behind',
    'nothing was moved: x; change them, or choose in --map what becomes of them (docs/migrate-to-sql-server.md)',
    's.t: the row 7 is refused: too long; change it, or put such rows aside with --refused-to',
    's.t: with the row 7 more than 3 rows are refused: too long; allow more with --refused-limit',
    'the target has no master key: give the password that is to protect it (--master-key-password-file; of a job, master_key_password), and keep it',
    'the role may not read: s.t; grant it SELECT, or leave tables out with --exclude-table',
    'exclusive locks of other sessions were in the way: x; try again later, or wait longer with --lock-wait-timeout',
    'role "shop" is missing: --create-roles makes it',
    'the tables of --table and --exclude-table have too many partitions to name all of them to pg_dump; match them with patterns, like shop.orders*, or take their schema with --schema',
  ];
  it.each(ofMigrations)('names none of the command line’s: %s', (text) => {
    for (const kind of ['migrate', 'assess']) expect(inPage(text, kind)).not.toMatch(/--[a-z]/);
  });
  it('names a mistake in the map by its part of the page', () => {
    expect(inPage('map: columns[0]: there is no column nam in a table public.people', 'assess')).toBe('“Types”: there is no column nam in a table public.people');
  });
  const ofOthers = [
    'a restore in place needs about 9 locks; raise max_locks_per_transaction, or restore with --mode swap',
    'the role may not create databases; grant it CREATEDB, or restore with --mode in-place',
    'the role may not read: s.t; grant it SELECT, or leave tables out with --exclude-table',
    'none of the keys given opens this file; it was encrypted to 1 recipient, of the kind X25519: give a secret key that fits with --identity',
    'a belongs to x, and y may not rename it: connect as x or a superuser (user=… in --to)',
  ];
  it.each(ofOthers)('nor of other jobs: %s', (text) => {
    expect(inPage(text, 'restore')).not.toMatch(/--[a-z]/);
  });
  it('says of a file where its columns go', () => {
    const told = 'public.people has no column E-Mail, where the file\'s "E-Mail" would go (it has id, email): say where with --column "E-Mail=COLUMN", or leave it out with --column "E-Mail="';
    expect(inPage('--table public.gone is no table that rows can go into', 'preview')).toBe('rows cannot go into public.gone, or it is not there');
    expect(inPage(told, 'import')).toBe('public.people has no column E-Mail, where the file\'s "E-Mail" would go (it has id, email): choose where it goes, or “Nowhere”');
  });
});
