import { createContext, useContext } from 'react';
import type { ReactNode } from 'react';
import { mayDo } from './queries';
import type { Me, Role } from './queries';

const MeContext = createContext<Me | null>(null);

/** Stands around all that is drawn only when somebody is signed in. */
export function MeProvider({ me, children }: { me: Me; children: ReactNode }) {
  return <MeContext.Provider value={me}>{children}</MeContext.Provider>;
}

/** Who is signed in. */
export function useMe(): Me {
  const me = useContext(MeContext);
  if (!me) throw new Error('useMe is for what stands within MeProvider');
  return me;
}

/** Whether the API would let one do what asks for this role (`x-access` of openapi.yaml). */
export function useMay(role: Role | 'owner'): boolean {
  return mayDo(useMe(), role);
}
