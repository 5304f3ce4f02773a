import type { PagedList } from './usePagedList';
import type { ListState } from './useListState';

interface LocalOptions<Row> {
  /** What the search looks at. */
  textOf: (row: Row) => string;
  /** Whether the row is within the filters of the state. */
  isWithin?: (row: Row, filters: Record<string, string>) => boolean;
  /** By the name of `sort`, without the minus: what orders. */
  orders: Record<string, (one: Row, other: Row) => number>;
  limit?: number;
}

interface Asked<Row> {
  data: readonly Row[] | undefined;
  isPending: boolean;
  error: Error | null;
  refetch: () => unknown;
}

/** For <DataTable>: pages of a list that is here as a whole, for orders and filters that the API does not have. */
export function useLocalList<Row>(asked: Asked<Row>, state: ListState, { textOf, isWithin, orders, limit = 25 }: LocalOptions<Row>): PagedList<Row> {
  const search = state.search.toLowerCase();
  const isDown = state.sort.startsWith('-');
  const order = orders[state.sort.replace('-', '')];
  const rows = (asked.data ?? []).filter((row) => textOf(row).toLowerCase().includes(search) && (isWithin?.(row, state.filters) ?? true));
  if (order) rows.sort((one, other) => (isDown ? order(other, one) : order(one, other)));
  const from = Number(state.cursor ?? 0);
  return {
    rows: rows.slice(from, from + limit),
    isPending: asked.isPending,
    isChanging: false,
    error: asked.error,
    refetch: () => void asked.refetch(),
    state,
    next:
      from + limit < rows.length
        ? () => {
            state.next(String(from + limit));
          }
        : undefined,
    previous: state.page > 1 ? state.previous : undefined,
  };
}
