import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
} from '@tanstack/react-router';
import { NotFound } from './NotFound';
import { Pending } from './Pending';
import { Root } from './Root';
import {
  backupSearch,
  browseSearch,
  diffSearch,
  gameSearch,
  gamesSearch,
  restoreSearch,
  rootSearch,
  setupSearch,
  snapshotSearch,
  snapshotsSearch,
} from './search';

const root = createRootRoute({ component: Root, validateSearch: rootSearch, notFoundComponent: NotFound });

const routes = [
  createRoute({
    getParentRoute: () => root,
    path: '/',
    component: lazyRouteComponent(() => import('../overview/OverviewScreen'), 'OverviewScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/games',
    validateSearch: gamesSearch,
    component: lazyRouteComponent(() => import('../games/GamesScreen'), 'GamesScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/games/$gameId',
    validateSearch: gameSearch,
    component: lazyRouteComponent(() => import('../games/GameScreen'), 'GameScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/games/file/$fileId',
    component: lazyRouteComponent(() => import('../files/OpenedScreen'), 'OpenedScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/games/$gameId/compare',
    validateSearch: diffSearch,
    component: lazyRouteComponent(() => import('../diff/DiffScreen'), 'DiffScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/snapshots',
    validateSearch: snapshotsSearch,
    component: lazyRouteComponent(() => import('../snapshots/SnapshotsScreen'), 'SnapshotsScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/snapshots/$snapshotId',
    validateSearch: snapshotSearch,
    component: lazyRouteComponent(() => import('../snapshots/SnapshotScreen'), 'SnapshotScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/backups',
    component: lazyRouteComponent(() => import('../backups/BackupsScreen'), 'BackupsScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/backups/$backupId',
    validateSearch: backupSearch,
    component: lazyRouteComponent(() => import('../backups/BackupScreen'), 'BackupScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/backups/$backupId/browse',
    validateSearch: browseSearch,
    component: lazyRouteComponent(() => import('../browse/BrowseScreen'), 'BrowseScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/restore',
    validateSearch: restoreSearch,
    component: lazyRouteComponent(() => import('../restore/RestoreScreen'), 'RestoreScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/jobs/$jobId',
    component: lazyRouteComponent(() => import('../jobs/JobScreen'), 'JobScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/storage',
    component: lazyRouteComponent(() => import('../storage/StorageScreen'), 'StorageScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/settings',
    component: lazyRouteComponent(() => import('../settings/SettingsScreen'), 'SettingsScreen'),
  }),
  createRoute({
    getParentRoute: () => root,
    path: '/setup',
    validateSearch: setupSearch,
    component: lazyRouteComponent(() => import('../setup/SetupScreen'), 'SetupScreen'),
  }),
] as const;

/** Addresses live in the fragment: the shell serves one file and knows no paths. */
export function createWindowRouter() {
  return createRouter({
    routeTree: root.addChildren(routes),
    history: createHashHistory(),
    defaultPreload: 'intent',
    defaultPendingComponent: Pending,
    defaultPendingMs: 300,
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createWindowRouter>;
  }
}
