import { useEffect, useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { texts } from '@/shared/texts';
import { ConfirmDialog } from './ConfirmDialog';

const words = texts.leaving;

/** Where a click leads within the application; null: nowhere else, or not in this tab. */
function leadsTo(event: MouseEvent): string | null {
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (!link?.href || link.target || link.download || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return null;
  const { origin, pathname, search, hash } = new URL(link.href);
  return origin === window.location.origin && pathname !== window.location.pathname ? pathname + search + hash : null;
}

/** Stands in a form: whoever leaves it while something is not saved is asked, and by the browser, who closes or reloads. */
export function LeaveGuard({ isDirty }: { isDirty: boolean }) {
  const navigate = useNavigate();
  const [to, setTo] = useState<string | null>(null);
  useEffect(() => {
    if (!isDirty) return;
    const onUnload = (event: BeforeUnloadEvent) => {
      event.preventDefault();
    };
    const onClick = (event: MouseEvent) => {
      const where = leadsTo(event);
      if (where === null) return;
      event.preventDefault();
      event.stopImmediatePropagation(); // the link's own handler would go there; and one question is enough
      setTo(where);
    };
    window.addEventListener('beforeunload', onUnload);
    document.addEventListener('click', onClick, true);
    return () => {
      window.removeEventListener('beforeunload', onUnload);
      document.removeEventListener('click', onClick, true);
    };
  }, [isDirty]);
  return (
    <ConfirmDialog
      opened={to !== null}
      onClose={() => {
        setTo(null);
      }}
      title={words.title}
      confirm={words.confirm}
      isDangerous
      onConfirm={() => Promise.resolve(navigate(to ?? '/'))}
    >
      {words.body}
    </ConfirmDialog>
  );
}
