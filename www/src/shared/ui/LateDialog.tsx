import { Suspense, useEffect, useState } from 'react';
import type { ReactNode } from 'react';

interface LateDialogProps {
  opened: boolean;
  /** Draws the dialog; what it is may be lazy. */
  children: (opened: boolean) => ReactNode;
}

/**
 * Loads a dialog when it is first opened. It is there before it opens: a dialog that begins open does not know where the focus was,
 * and does not give it back.
 */
export function LateDialog({ opened, children }: LateDialogProps) {
  const [wasOpened, setWasOpened] = useState(false);
  if (opened && !wasOpened) setWasOpened(true);
  return (
    wasOpened && (
      <Suspense>
        <Loaded opened={opened}>{children}</Loaded>
      </Suspense>
    )
  );
}

function Loaded({ opened, children }: LateDialogProps) {
  const [isThere, setThere] = useState(false);
  useEffect(() => {
    setThere(true);
  }, []);
  return children(opened && isThere);
}
