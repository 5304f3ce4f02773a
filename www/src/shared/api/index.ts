export { api, idempotent, ifMatch, newKey, setCsrf, take, whenSignedOut } from './client';
export type { Schemas } from './client';
export { asProblem, Problem } from './problem';
export { every, queryClient } from './queryClient';
export { reachability, useReachable } from './reachability';
export { usePagedList } from './usePagedList';
export type { ListQuery, Page, PagedList } from './usePagedList';
export { useListState } from './useListState';
export type { ListState } from './useListState';
