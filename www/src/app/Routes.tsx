import { Center, Loader } from '@mantine/core';
import { lazy, Suspense } from 'react';
import type { ComponentType } from 'react';
import { Route, Routes as RouterRoutes, useLocation } from 'react-router-dom';
import { ErrorBoundary } from './ErrorBoundary';

/** A page's folder exports its component as `default`; it is loaded when it is first visited. */
const pages: readonly (readonly [path: string, load: () => Promise<{ default: ComponentType }>])[] = [
  ['/', () => import('@/pages/overview')],
  ['/welcome', () => import('@/pages/welcome')],
  ['/backup', () => import('@/pages/backup')],
  ['/backup/:id', () => import('@/pages/schedule')],
  ['/logs', () => import('@/pages/logs')],
  ['/logs/:id', () => import('@/pages/log')],
  ['/restore', () => import('@/pages/restore')],
  ['/migrate', () => import('@/pages/migrate')],
  ['/jobs', () => import('@/pages/jobs')],
  ['/jobs/:id', () => import('@/pages/job')],
  ['/keys', () => import('@/pages/keys')],
  ['/keys/:id/sheet', () => import('@/pages/key-sheet')],
  ['/storages', () => import('@/pages/storages')],
  ['/servers', () => import('@/pages/servers')],
  ['/servers/:id', () => import('@/pages/server')],
  ['/databases/:id', () => import('@/pages/database')],
  ['/databases/:id/import', () => import('@/pages/import')],
  ['/mssql-servers/:server/import', () => import('@/pages/import')],
  ['/users', () => import('@/pages/users')],
  ['/users/:tab', () => import('@/pages/users')],
  ['/sessions', () => import('@/pages/sessions')],
  ['/audit', () => import('@/pages/audit')],
  ['/settings', () => import('@/pages/settings')],
  ['/help', () => import('@/pages/help')],
  ['*', () => import('@/pages/not-found')],
];

const routes = pages.map(([path, load]) => ({ path, Component: lazy(load) }));

export function Routes() {
  const { pathname } = useLocation();
  return (
    <ErrorBoundary key={pathname}>
      <Suspense
        fallback={
          <Center h="50vh">
            <Loader aria-label="Loading" />
          </Center>
        }
      >
        <RouterRoutes>
          {routes.map(({ path, Component }) => (
            <Route key={path} path={path} element={<Component />} />
          ))}
        </RouterRoutes>
      </Suspense>
    </ErrorBoundary>
  );
}
