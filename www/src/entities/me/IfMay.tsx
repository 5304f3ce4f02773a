import type { ReactNode } from 'react';
import { useMay } from './MeProvider';
import type { Role } from './queries';

/** Draws what needs a role only for those who have it. The API refuses it all the same. */
export function IfMay({ role, children }: { role: Role | 'owner'; children: ReactNode }) {
  return useMay(role) ? children : null;
}
