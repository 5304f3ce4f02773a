import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, asProblem, setCsrf, take } from '@/shared/api';
import type { Schemas } from '@/shared/api';

export type Me = Schemas['Me'];
export type Role = Exclude<Me['role'], 'none'>;

export const meKey = ['me'] as const;

/** Who is signed in; null: nobody. */
export function useSession() {
  return useQuery({
    queryKey: meKey,
    queryFn: async ({ signal }): Promise<Me | null> => {
      try {
        const me = await take(api.GET('/api/v1/me', { signal }));
        setCsrf(me.csrf);
        return me;
      } catch (error) {
        if (asProblem(error).status === 401) return null;
        throw error;
      }
    },
    staleTime: 60_000,
    gcTime: Infinity,
  });
}

/** Each may what those within it may; an auditor is a viewer who reads the audit log, too, which operators do not. */
const WITHIN: Readonly<Record<Me['role'], readonly Role[]>> = {
  none: [],
  viewer: ['viewer'],
  auditor: ['viewer', 'auditor'],
  operator: ['viewer', 'operator'],
  administrator: ['viewer', 'auditor', 'operator', 'administrator'],
};

export function mayDo(me: Pick<Me, 'role' | 'is_owner'>, role: Role | 'owner'): boolean {
  return role === 'owner' ? me.is_owner : WITHIN[me.role].includes(role);
}

/** Who is at work, and where: what a browser keeps for one is not for another. */
export function whoIs(me: Pick<Me, 'user' | 'actor' | 'organization'>): string {
  return `${me.user?.id ?? me.actor}.${me.organization?.id ?? ''}`;
}

/** Which organization a user looked at last in this browser. */
const placeOf = (me: Me) => `holdfast.organization.${me.user?.id ?? ''}`;

/** A new session looks at the first organization: one goes on in that of the session before. */
async function whereOneWas(me: Me): Promise<Me> {
  setCsrf(me.csrf);
  const organization_id = localStorage.getItem(placeOf(me));
  if (organization_id === null || organization_id === me.organization?.id || !me.organizations.some(({ id }) => id === organization_id)) return me;
  return take(api.PUT('/api/v1/me/organization', { body: { organization_id } })).catch(() => me);
}

export function useSignIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (body: Schemas['Credentials']) => whereOneWas(await take(api.POST('/api/v1/session', { body }))),
    onSuccess: (me) => {
      setCsrf(me.csrf);
      const before = client.getQueryData<Me | null>(meKey);
      if (before?.user?.id !== me.user?.id) client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== meKey[0] });
      client.setQueryData(meKey, me);
      void client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== meKey[0] });
    },
  });
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => take(api.DELETE('/api/v1/session')),
    onSuccess: () => {
      setCsrf(null);
      sessionStorage.clear(); // what this tab keeps over a reload
      client.setQueryData(meKey, null);
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== meKey[0] });
    },
  });
}

/** Everything that is shown belongs to the organization that is looked at: all of it is asked anew. */
export function useChooseOrganization() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (organization_id: string) => take(api.PUT('/api/v1/me/organization', { body: { organization_id } })),
    onSuccess: (me) => {
      setCsrf(me.csrf);
      if (me.organization) localStorage.setItem(placeOf(me), me.organization.id);
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== meKey[0] });
      client.setQueryData(meKey, me);
    },
  });
}

export function useSetPassword() {
  return useMutation({
    mutationFn: (body: Schemas['PasswordChange']) => take(api.PUT('/api/v1/me/password', { body })),
  });
}
