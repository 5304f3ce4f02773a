import { useEffect, useRef } from 'react';
import { useQueryClient } from '@tanstack/react-query';
import { isEnded, jobKey, MOST_OPEN } from '@/entities/job';
import type { Job } from '@/entities/job';
import { api, take, takeStarted } from '@/shared/api';

/**
 * Calls `onEnd` for each job that was open, or was begun here, and is open no more in a list of `askedAt`. All that jobs
 * change is asked anew then.
 */
export function useEndedJobs(open: readonly Job[] | undefined, askedAt: number, onEnd: (job: Job) => void): void {
  const client = useQueryClient();
  const known = useRef<Set<string>>(new Set());
  useEffect(() => {
    // What is not in a list that was cut may be open all the same: it is looked for when there is less.
    if (open === undefined || open.length >= MOST_OPEN) return;
    const now = new Set(open.map((job) => job.id));
    const gone = [...known.current, ...takeStarted()].filter((id) => !now.has(id));
    known.current = now;
    for (const id of gone) {
      void take(api.GET('/api/v1/jobs/{id}', { params: { path: { id } } })).then((job) => {
        if (isEnded(job.state)) {
          onEnd(job);
          void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'me' && !(queryKey[0] === jobKey[0] && queryKey[1] === 'open') });
        } else known.current.add(id); // the list is older than the job
      }, () => undefined);
    }
  }, [open, askedAt, onEnd, client]);
}
