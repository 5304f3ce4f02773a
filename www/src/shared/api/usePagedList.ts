import { keepPreviousData, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { every } from './queryClient';
import type { ListState } from './useListState';

export interface Page<Row> {
  items: Row[];
  cursor: string | null;
}

/** The query parameters that every list of the API takes. */
export interface ListQuery {
  sort?: string;
  q?: string;
  limit?: number;
  cursor?: string;
  [filter: string]: string | number | undefined;
}

export interface PagedList<Row> {
  rows: Row[];
  /** Nothing was ever shown: draw a skeleton. */
  isPending: boolean;
  /** Another page is on its way, and the one before still stands. */
  isChanging: boolean;
  error: Error | null;
  refetch: () => void;
  state: ListState;
  /** Absent on the last page. */
  next: (() => void) | undefined;
  previous: (() => void) | undefined;
}

/**
 * One page of a list of the API. `fetchPage` gets the query and gives a page; the next page is fetched ahead, so that
 * turning to it takes no time.
 */
export function usePagedList<Row>(
  key: readonly unknown[],
  state: ListState,
  fetchPage: (query: ListQuery, signal: AbortSignal) => Promise<Page<Row>>,
  options: { pollMs?: number; limit?: number } = {},
): PagedList<Row> {
  const client = useQueryClient();
  const limit = options.limit ?? 25;
  const query = (cursor: string | null): ListQuery => ({
    ...state.filters,
    sort: state.sort,
    limit,
    ...(state.search ? { q: state.search } : {}),
    ...(cursor ? { cursor } : {}),
  });
  const of = (cursor: string | null) => {
    const asked = query(cursor);
    return {
      queryKey: [...key, 'list', asked],
      queryFn: ({ signal }: { signal: AbortSignal }) => fetchPage(asked, signal),
    };
  };
  const answer = useQuery({
    ...of(state.cursor),
    placeholderData: keepPreviousData,
    refetchInterval: options.pollMs ? every<Page<Row>>(options.pollMs) : false,
  });
  const after = answer.isPlaceholderData ? null : (answer.data?.cursor ?? null);

  // Every render, which costs nothing: what is there and fresh is not fetched again.
  useEffect(() => {
    if (after) void client.prefetchQuery({ ...of(after), staleTime: 30_000 });
  });

  return {
    rows: answer.data?.items ?? [],
    isPending: answer.isPending,
    isChanging: answer.isPlaceholderData,
    error: answer.error,
    refetch: () => void answer.refetch(),
    state,
    next: after
      ? () => {
          state.next(after);
        }
      : undefined,
    previous: state.page > 1 ? state.previous : undefined,
  };
}
