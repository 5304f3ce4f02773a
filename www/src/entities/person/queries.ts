import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { api, ifMatch, take, usePagedList } from '@/shared/api';
import type { ListState, Schemas } from '@/shared/api';

export type User = Schemas['User'];
export type Account = Schemas['Account'];
export type Organization = Schemas['Organization'];

const userKey = ['users'] as const;
const accountKey = ['accounts'] as const;
const organizationKey = ['organizations'] as const;

/** People and where they may what belong together: a change of one is seen in all lists, and maybe in who one is oneself. */
function useRefresh() {
  const client = useQueryClient();
  return () => Promise.all([userKey, accountKey, organizationKey, ['me'], ['audit']].map((queryKey) => client.invalidateQueries({ queryKey })));
}

// ---- people of the organization that is looked at

export function useUserPage(state: ListState) {
  return usePagedList<User>(userKey, state, (query, signal) => take(api.GET('/api/v1/users', { params: { query: query as never }, signal })));
}

export function useCreateUser() {
  return useMutation({ mutationFn: (body: Schemas['UserNew']) => take(api.POST('/api/v1/users', { body })), onSuccess: useRefresh() });
}

export function useChangeUser() {
  return useMutation({
    mutationFn: ({ user, body }: { user: User; body: Schemas['UserChange'] }) =>
      take(api.PATCH('/api/v1/users/{id}', { params: { path: { id: user.id }, header: ifMatch(user) }, body })),
    onSuccess: useRefresh(),
  });
}

export function useRemoveUser() {
  return useMutation({
    mutationFn: (user: User) => take(api.DELETE('/api/v1/users/{id}', { params: { path: { id: user.id }, header: ifMatch(user) } })),
    onSuccess: useRefresh(),
  });
}

// ---- for owners: accounts and organizations of the whole installation

export function useAccountPage(state: ListState) {
  return usePagedList<Account>(accountKey, state, (query, signal) => take(api.GET('/api/v1/accounts', { params: { query: query as never }, signal })));
}

/** Without an account: a new one. */
export function useSaveAccount() {
  return useMutation({
    mutationFn: ({ account, body }: { account: Account | undefined; body: Schemas['AccountNew'] }) =>
      account
        ? take(api.PATCH('/api/v1/accounts/{id}', { params: { path: { id: account.id }, header: ifMatch(account) }, body }))
        : take(api.POST('/api/v1/accounts', { body })),
    onSuccess: useRefresh(),
  });
}

export function useOrganizationPage(state: ListState) {
  return usePagedList<Organization>(organizationKey, state, (query, signal) =>
    take(api.GET('/api/v1/organizations', { params: { query: query as never }, signal })),
  );
}

export function useAllOrganizations() {
  return useQuery({
    queryKey: [...organizationKey, 'all'],
    queryFn: async ({ signal }) => (await take(api.GET('/api/v1/organizations', { params: { query: { limit: 500, sort: 'name' } }, signal }))).items,
  });
}

export function useSaveOrganization() {
  return useMutation({
    mutationFn: ({ organization, name }: { organization: Organization | undefined; name: string }) =>
      organization
        ? take(api.PATCH('/api/v1/organizations/{id}', { params: { path: { id: organization.id }, header: ifMatch(organization) }, body: { name } }))
        : take(api.POST('/api/v1/organizations', { body: { name } })),
    onSuccess: useRefresh(),
  });
}

export function useDeleteOrganization() {
  return useMutation({
    mutationFn: (organization: Organization) =>
      take(api.DELETE('/api/v1/organizations/{id}', { params: { path: { id: organization.id }, header: ifMatch(organization) } })),
    onSuccess: useRefresh(),
  });
}

export function useJoinOrganization() {
  return useMutation({
    mutationFn: ({ organizationId, userId, role }: { organizationId: string; userId: string; role: User['role'] }) =>
      take(api.PUT('/api/v1/organizations/{id}/users/{user_id}', { params: { path: { id: organizationId, user_id: userId } }, body: { role } })),
    onSuccess: useRefresh(),
  });
}
