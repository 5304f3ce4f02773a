import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api, every } from '@/shared/api';
import type { Schemas } from '@/shared/api';
import { isEnded, jobKey } from './queries';
import type { Job } from './queries';

export type LogLine = Schemas['LogLine'];

export interface WatchedJob {
  job: Job;
  /** All that came so far, the oldest first. */
  lines: readonly LogLine[];
  cursor: number;
  etag: string | null;
  /** The last answer brought nothing new: there is no more for now. */
  isWhole: boolean;
}

const POLL_MS = 1_000;
const SHOWN_LINES = 20_000;

/** What an answer adds to what was known. */
export function grown(before: WatchedJob | undefined, { log, cursor, ...job }: Schemas['JobDocument'], etag: string | null): WatchedJob {
  const known = before?.lines ?? [];
  const last = known.at(-1)?.seq ?? 0;
  const fresh = log.filter((line) => line.seq > last);
  return {
    job,
    lines: fresh.length > 0 ? [...known, ...fresh].slice(-SHOWN_LINES) : known,
    cursor,
    etag: fresh.length > 0 ? null : etag, // an answer is "the same" only after the same cursor
    isWhole: fresh.length === 0,
  };
}

/** One job and its log, asked every second until it has ended; only what is new travels. */
export function useWatchedJob(id: string | undefined) {
  const client = useQueryClient();
  const queryKey = [...jobKey, id, 'watched'];
  return useQuery({
    queryKey,
    queryFn: async ({ signal }): Promise<WatchedJob> => {
      const before = client.getQueryData<WatchedJob>(queryKey);
      const { data, response } = await api.GET('/api/v1/jobs/{id}', {
        params: {
          path: { id: id ?? '' },
          query: { after: before?.cursor ?? 0 },
          ...(before?.etag ? { header: { 'If-None-Match': before.etag } } : {}),
        },
        signal,
        cache: 'no-store',
      });
      if (!data && before) return { ...before, isWhole: true };
      return grown(before, data as Schemas['JobDocument'], response.headers.get('ETag'));
    },
    enabled: id !== undefined,
    refetchInterval: every<WatchedJob>(POLL_MS, (watched) => isEnded(watched.job.state) && watched.isWhole),
  });
}
