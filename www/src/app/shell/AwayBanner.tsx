import { IconPlugConnectedX } from '@tabler/icons-react';
import { useEffect } from 'react';
import { queryClient, reachability, useReachable } from '@/shared/api';
import { texts } from '@/shared/texts';
import classes from './Shell.module.css';

const TRY_MS = 2_000;

/** While Holdfast is away it is asked for a sign of life; all that is shown is asked anew when there is one. */
export function AwayBanner() {
  const isReachable = useReachable();
  useEffect(() => {
    if (isReachable) return undefined;
    const timer = setInterval(() => void tryAgain(), TRY_MS);
    return () => {
      clearInterval(timer);
    };
  }, [isReachable]);
  return (
    <div role="status">
      {!isReachable && (
        <div className={classes.banner}>
          <IconPlugConnectedX size={18} aria-hidden />
          {texts.shell.away}
        </div>
      )}
    </div>
  );
}

async function tryAgain(): Promise<void> {
  const answer = await fetch('/healthz', { cache: 'no-store' }).catch(() => null);
  if (!answer?.ok) return;
  reachability.set(true);
  await queryClient.invalidateQueries();
}
