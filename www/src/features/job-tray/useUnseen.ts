import { useEffect, useState } from 'react';
import { useEndedLately } from '@/entities/job';
import type { Job } from '@/entities/job';
import { useMe } from '@/entities/me';

/** The jobs that ended after `since`, the last one first. */
export function endedAfter(jobs: readonly Job[], since: string): Job[] {
  return jobs
    .filter(({ ended_at }) => ended_at !== null && Date.parse(ended_at) > Date.parse(since))
    .sort((one, other) => Date.parse(other.ended_at ?? '') - Date.parse(one.ended_at ?? ''));
}

/** What ended since one has looked into the tray, in this browser and organization. Nothing before the first visit is new. */
export function useUnseen(): { unseen: Job[]; see: () => void } {
  const me = useMe();
  const name = `holdfast-seen-${me.user?.id ?? ''}-${me.organization?.id ?? ''}`;
  const [seen, setSeen] = useState({ name: '', since: '' });
  if (seen.name !== name) setSeen({ name, since: localStorage.getItem(name) ?? new Date().toISOString() });
  const { since } = seen;
  const jobs = useEndedLately().data;
  useEffect(() => {
    localStorage.setItem(seen.name, seen.since);
  }, [seen]);
  return {
    unseen: jobs ? endedAfter(jobs, since) : [],
    see: () => {
      const last = jobs?.reduce((latest, { ended_at }) => (ended_at !== null && Date.parse(ended_at) > Date.parse(latest) ? ended_at : latest), since);
      setSeen({ name, since: last ?? since });
    },
  };
}
