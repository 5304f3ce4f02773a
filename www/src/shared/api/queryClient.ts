import { QueryClient } from '@tanstack/react-query';
import type { QueryState } from '@tanstack/react-query';
import { asProblem } from './problem';

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      networkMode: 'always',
      staleTime: 5_000,
      gcTime: 10 * 60_000,
      retry: (failures, error) => asProblem(error).isAway && failures < 2,
      retryDelay: (failures) => 500 * 2 ** failures,
      refetchOnWindowFocus: true,
    },
    mutations: { networkMode: 'always', retry: false },
  },
});

type Asked<Data> = Pick<QueryState<Data>, 'data' | 'fetchFailureCount' | 'status'>;

const LONGEST_MS = 30_000;

/**
 * `refetchInterval` of a query that is polled: every `ms`, more and more seldom while it fails, at once again when it
 * does not. A hidden tab asks nothing. With `until`, polling ends when it is true of the data.
 */
export function every<Data>(ms: number, until?: (data: Data) => boolean) {
  return (query: { state: Asked<Data> }): number | false => {
    const { data, fetchFailureCount, status } = query.state;
    if (until && data !== undefined && until(data)) return false;
    if (status === 'error' || fetchFailureCount > 0) return Math.min(LONGEST_MS, ms * 2 ** Math.min(6, 1 + fetchFailureCount));
    return ms;
  };
}
