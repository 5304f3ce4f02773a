import { useEffect, useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { texts } from '@/shared/texts';
import { ConfirmDialog } from './ConfirmDialog';

const words = texts.leaving;

// The router of pages that load no data cannot hold Back; the browser's own interface can, where it is there.
interface NavigateEvent extends Event {
  navigationType: string;
  destination: { key: string; url: string; sameDocument: boolean };
}

declare global {
  interface Window {
    navigation?: {
      addEventListener(type: 'navigate', listener: (event: NavigateEvent) => void): void;
      removeEventListener(type: 'navigate', listener: (event: NavigateEvent) => void): void;
      traverseTo(key: string): unknown;
    };
  }
}

/** Where a click leads within the application; null: nowhere else, or not in this tab. */
function leadsTo(event: MouseEvent): string | null {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (!link?.href || link.target || link.download || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const { origin, pathname, search, hash } = new URL(link.href);
  return origin === window.location.origin && pathname !== window.location.pathname ? pathname + search + hash : null;
}

/** Where the browser's Back or Forward leads; null: nowhere else, or it cannot be held. */
function traversesTo({ cancelable, navigationType, destination }: NavigateEvent): string | null {
  const isHeld = cancelable && navigationType === 'traverse' && destination.sameDocument;
  return isHeld && new URL(destination.url).pathname !== window.location.pathname ? destination.key : null;
}

/** Where one goes back to by a question's leave: no form asks again. */
let agreed: string | null = null;

/** Stands in a form: whoever leaves it while something is not saved is asked, and by the browser, who closes or reloads. */
export function LeaveGuard({ isDirty }: { isDirty: boolean }) {
  const navigate = useNavigate();
  const [leave, setLeave] = useState<(() => unknown) | null>(null);
  useEffect(() => {
    if (!isDirty) return;
    agreed = null;
    const onUnload = (event: BeforeUnloadEvent) => {
      event.preventDefault();
    };
    const ask = (event: Event, go: () => unknown) => {
      event.preventDefault();
      event.stopImmediatePropagation(); // the link's own handler would go there; and one question is enough
      setLeave(() => go);
    };
    const onClick = (event: MouseEvent) => {
      const where = leadsTo(event);
      if (where !== null) ask(event, () => navigate(where));
    };
    const onNavigate = (event: NavigateEvent) => {
      const key = traversesTo(event);
      if (key === null || key === agreed) return;
      ask(event, () => {
        agreed = key;
        window.navigation?.traverseTo(key);
      });
    };
    window.addEventListener('beforeunload', onUnload);
    document.addEventListener('click', onClick, true);
    window.navigation?.addEventListener('navigate', onNavigate);
    return () => {
      window.removeEventListener('beforeunload', onUnload);
      document.removeEventListener('click', onClick, true);
      window.navigation?.removeEventListener('navigate', onNavigate);
    };
  }, [isDirty, navigate]);
  return (
    <ConfirmDialog
      opened={leave !== null}
      onClose={() => {
        setLeave(null);
      }}
      title={words.title}
      confirm={words.confirm}
      isDangerous
      onConfirm={() => Promise.resolve(leave?.())}
    >
      {words.body}
    </ConfirmDialog>
  );
}
