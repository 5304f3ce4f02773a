import { describe, expect, it } from 'vitest';
import { columnError, typeError } from './columns';

const columns = [{ table: 'public.customer', column: 'email' }];
const tables = { count: 2, items: [{ schema: 'public', name: 'customer' }, { schema: 'public', name: 'orders' }] };

describe('the name of a column to encrypt', () => {
  it('has schema, table and column', () => {
    expect(columnError('customer.email', [], null)).toContain('schema.table.column');
    expect(columnError('public.customer.', [], null)).toContain('schema.table.column');
    expect(columnError('public.customer.email', [], null)).toBeNull();
  });
  it('is one that was assessed, if its table was', () => {
    expect(columnError('public.customer.email', columns, tables)).toBeNull();
    expect(columnError('public.customer.mail', columns, tables)).toContain('public.customer.mail');
    expect(columnError('public.orders.note', columns, tables)).toBeNull();
  });
  it('is of a table that is there, if all are known', () => {
    expect(columnError('public.order.note', columns, tables)).toContain('public.order.note');
    expect(columnError('public.order.note', columns, { ...tables, count: 300 })).toBeNull();
  });
});

describe('a type that the service does not take', () => {
  it('is told at its field', () => {
    expect(typeError('map: columns[1]: "to" is "text", which is no type that Holdfast loads.')).toEqual({ field: 'columns.1.to', wrong: '"text", which is no type that Holdfast loads.' });
    expect(typeError('map: types[0]: "to" is "x", none.')?.field).toBe('types.0.to');
  });
  it('is told from all else', () => {
    expect(typeError('database_name: it is too long.')).toBeNull();
  });
});
