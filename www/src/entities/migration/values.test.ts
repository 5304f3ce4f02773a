import { describe, expect, it } from 'vitest';
import { hasEnds, ofSource, patternOf, requestOf, usual } from './values';
import type { Values } from './values';

const of = (values: Partial<Values>) => requestOf({ ...usual, database_id: 'source', ...values });

describe('what a migration is asked for', () => {
  it('into a new database backs the source up first, and says nothing of SQL Server', () => {
    const asked = of({ server_id: 'main', database_name: ' copy ', storage_id: 'disk', key_ids: ['k'], choices: { bc: 'null' }, refused_limit: 5 });
    expect(asked).toEqual({ database_id: 'source', mode: 'new', server_id: 'main', database_name: 'copy', storage_id: 'disk', key_ids: ['k'] });
  });
  it('of a swap keeps what was live for the hours that are given', () => {
    expect(of({ target: 'swap', target_database_id: 'live', keep_hours: 2, backup: 'none' })).toEqual({
      database_id: 'source',
      mode: 'swap',
      target_database_id: 'live',
      keep_old_s: 7200,
      backup: 'none',
    });
  });
  it('of a swap says when what is replaced is backed up, and where to, whatever there is of the source', () => {
    const to: Partial<Values> = { target: 'swap', target_database_id: 'live', backup: 'none', storage_id: 'disk', key_ids: ['k'] };
    expect(of({ ...to, safety: 'before' })).toMatchObject({ backup: 'none', safety: 'before', storage_id: 'disk', key_ids: ['k'] });
    expect(of({ ...to, safety: 'none' })).not.toHaveProperty('storage_id');
    expect(of({ ...to, target: 'new', safety: 'before' })).not.toHaveProperty('safety');
  });
  it('with a backup that is named says nothing of one to be made', () => {
    const asked = of({ server_id: 'main', database_name: 'copy', backup: 'named', backup_id: 'b', storage_id: 'disk' });
    expect(asked).toMatchObject({ backup_id: 'b' });
    expect(asked).not.toHaveProperty('storage_id');
    expect(asked).not.toHaveProperty('backup');
  });
  it('says of others at work what is chosen, if that is more than to refuse', () => {
    expect(of({ target: 'new', others: 'refuse' })).not.toHaveProperty('others');
    expect(of({ target: 'new', others: 'halt' })).toHaveProperty('others', 'halt');
  });
  it('from a backup names it and where it is restored, and no live database', () => {
    const asked = of({ from: 'backup', source_backup_id: 'b', scratch_server_id: 's', target: 'sql-server', mssql_server_id: 'sql', database_name: 'shop', others: 'go_on' });
    expect(asked).toEqual({ backup_id: 'b', scratch_server_id: 's', mssql_server_id: 'sql', database_name: 'shop' });
  });
  it('into SQL Server has a map of what is wanted otherwise, and no mode', () => {
    const asked = of({
      target: 'sql-server',
      mssql_server_id: 'sql',
      database_name: 'shop',
      types: [{ type: 'xml ', to: 'xml' }],
      columns: [{ table: 'public.item', column: 'name', to: 'nvarchar(77)' }],
      choices: { infinity: 'clamp', bc: 'refuse' },
      refused_limit: 10,
      exclude_tables: ['public.note'],
    });
    expect(asked).toEqual({
      database_id: 'source',
      mssql_server_id: 'sql',
      database_name: 'shop',
      refused_limit: 10,
      exclude_tables: ['public.note'],
      map: {
        types: [{ type: 'xml', to: 'xml' }],
        columns: [{ table: 'public.item', column: 'name', to: 'nvarchar(77)' }],
        values: [{ kind: 'infinity', choice: 'clamp' }],
      },
    });
  });
  it('with encrypted columns names the key, and of one that is there its certificate', () => {
    const to = { target: 'sql-server', mssql_server_id: 'sql', database_name: 'shop', encryption_key: ' mine', encryption_certificate: 'its ' } as const;
    expect(of(to)).not.toHaveProperty('encryption_key');
    expect(of({ ...to, encrypt: ['public.customer.email'] })).toMatchObject({ encrypt: ['public.customer.email'], encryption_key: 'default' });
    expect(of({ ...to, encrypt: ['public.customer.email'] })).not.toHaveProperty('encryption_certificate');
    expect(of({ ...to, encrypt: ['public.customer.email'], encryption: 'named' })).toMatchObject({ encryption_key: 'mine', encryption_certificate: 'its' });
    expect(of({ target: 'new', server_id: 's', database_name: 'copy', encrypt: ['public.customer.email'] })).not.toHaveProperty('encrypt');
  });
  it('without anything that is wanted otherwise has no map', () => {
    expect(of({ target: 'sql-server', mssql_server_id: 'sql', database_name: 'shop' })).not.toHaveProperty('map');
  });
});

describe('the first step', () => {
  it('is done when both ends are named', () => {
    const named = { ...usual, database_id: 'a', server_id: 's', database_name: 'copy' };
    expect(hasEnds(named)).toBe(true);
    expect(hasEnds({ ...named, database_name: ' ' })).toBe(false);
    expect(hasEnds({ ...named, database_id: null })).toBe(false);
    expect(hasEnds({ ...named, target: 'swap' })).toBe(false);
    expect(hasEnds({ ...named, target: 'swap', target_database_id: 'b' })).toBe(true);
    expect(hasEnds({ ...named, target: 'sql-server' })).toBe(false);
    expect(hasEnds({ ...named, from: 'backup', source_backup_id: 'x' })).toBe(false); // a restore
  });
  it('takes what was said of the tables of another source, not of its own', () => {
    const said = ofSource({ ...usual, database_id: 'a', exclude_tables: ['public.x'] });
    expect(said).toMatchObject({ about: 'a', exclude_tables: [] });
    const own = { ...said, exclude_tables: ['public.x'], encrypt: ['public.y.z'], jobs: 2 };
    expect(ofSource(own)).toBe(own);
    expect(ofSource({ ...own, database_id: null })).toMatchObject({ about: 'a', exclude_tables: ['public.x'] });
    expect(ofSource({ ...own, database_id: 'b' })).toMatchObject({ about: 'b', exclude_tables: [], encrypt: [], jobs: 2 });
  });
});

describe('the pattern of a table', () => {
  it('is its name where that is plain, and in quotes where a pattern would read it otherwise', () => {
    expect(patternOf('public', 'orders_2')).toBe('public.orders_2');
    expect(patternOf('public', 'Orders')).toBe('public."Orders"');
    expect(patternOf('a.b', 'what*"')).toBe('"a.b"."what*"""');
  });
});
