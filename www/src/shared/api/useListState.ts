import { useCallback, useState } from 'react';
import { useSearchParams } from 'react-router-dom';

export interface ListState {
  /** "name", or "-name" for the largest first. */
  sort: string;
  search: string;
  /** By name; a filter that is not set is absent. */
  filters: Record<string, string>;
  /** Null is the first page. */
  cursor: string | null;
  page: number;
  setSort: (sort: string) => void;
  setSearch: (search: string) => void;
  setFilter: (name: string, value: string | null) => void;
  clear: () => void;
  next: (cursor: string) => void;
  previous: () => void;
  isFiltered: boolean;
}

/**
 * What a list shows, kept in the address so that a link shows the same: ?q=…&sort=…&<filter>=…. Pages come by cursors,
 * and anything else that changes begins at the first one again. A second list of the page has a prefix before all of these.
 */
export function useListState(options: { sort: string; filters?: readonly string[]; prefix?: string }): ListState {
  const [params, setParams] = useSearchParams();
  const [cursors, setCursors] = useState<{ of: string; stack: string[] }>({ of: '', stack: [] });
  const names = options.filters ?? [];
  const prefix = options.prefix ?? '';
  const read = (name: string) => params.get(`${prefix}${name}`) ?? '';
  const filterText = names.map(read).join('\n');
  const filters = Object.fromEntries(names.flatMap((name) => (read(name) ? [[name, read(name)]] : [])));
  const sort = read('sort') || options.sort;
  const search = read('q');
  const of = [sort, search, filterText].join('\n');
  const stack = cursors.of === of ? cursors.stack : [];

  const change = useCallback(
    (name: string, value: string | null) => {
      const after = now();
      if (value) after.set(`${prefix}${name}`, value);
      else after.delete(`${prefix}${name}`);
      setParams(after, { replace: true });
    },
    [setParams, prefix],
  );

  return {
    sort,
    search,
    filters,
    cursor: stack.at(-1) ?? null,
    page: stack.length + 1,
    setSort: (value) => {
      change('sort', value === options.sort ? null : value);
    },
    setSearch: (value) => {
      change('q', value || null);
    },
    setFilter: change,
    clear: () => {
      const own = ['q', ...names].map((name) => `${prefix}${name}`);
      setParams(new URLSearchParams([...now()].filter(([name]) => !own.includes(name))), { replace: true });
    },
    next: (cursor) => {
      setCursors({ of, stack: [...stack, cursor] });
    },
    previous: () => {
      setCursors({ of, stack: stack.slice(0, -1) });
    },
    isFiltered: search !== '' || Object.keys(filters).length > 0,
  };
}

/** The address as it is: what is drawn may be behind it while a page is busy, and one change must not undo another. */
function now(): URLSearchParams {
  return new URLSearchParams(window.location.search);
}
