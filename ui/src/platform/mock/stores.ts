import type { ProbeView, StoreName, StoreView } from '../../api/generated/types';
import type { Handlers, MockState } from './handlers';
import { NOW } from './instant';
import type { MockJobs } from './jobs';

const DAY = 86_400_000;

type Stores = 'store.list' | 'store.probe' | 'store.replicate' | 'store.repair';

/** The primary store and its replicas. */
export function stores(state: MockState, jobs: MockJobs): Pick<Handlers, Stores> {
  return {
    'store.list': () => views(state),
    'store.probe': ({ store }) => probe(store),
    'store.replicate': ({ to }) => ({
      jobId: jobs.start('replicate', to, [{ phase: 'replicate', unit: 'objects', total: 276 }], () => ({
        outcome: {},
        ok: true,
      })),
    }),
    'store.repair': ({ store }) => ({
      jobId: jobs.start('store_repair', store, [{ phase: 'repair', unit: 'objects', total: 276 }], () => ({
        outcome: {},
        ok: true,
      })),
    }),
  };
}

function views(state: MockState): StoreView[] {
  const shared = {
    connected: false,
    health: 'ok',
    detail: '',
    newest: NOW - DAY,
    due: false,
    warnings: [],
  } as const;
  return [
    {
      ...shared,
      name: 'primary',
      url: '/var/backups/avalon',
      connected: true,
      every: null,
      bandwidth: null,
      backups: state.backups.length,
      bytes: 64_400_000,
      newest: NOW,
      replicatedAt: null,
      behind: 0,
      checked: { at: NOW - DAY, ok: true, problems: 0 },
      warnings: [],
    },
    {
      ...shared,
      name: 'replica',
      url: 's3://copies/avalon',
      every: 'week',
      bandwidth: 20_000_000,
      backups: 6,
      bytes: 41_200_000,
      replicatedAt: NOW - DAY,
      behind: 0,
      checked: { at: NOW - 3 * DAY, ok: true, problems: 0 },
      warnings: [],
    },
    {
      ...shared,
      name: 'offsite',
      url: 'cos://far-1250000000/avalon',
      every: 'month',
      bandwidth: 5_000_000,
      backups: 2,
      bytes: 33_900_000,
      newest: NOW - 34 * DAY,
      replicatedAt: NOW - 33 * DAY,
      behind: 1,
      due: true,
      checked: null,
      warnings: [],
    },
  ];
}

function probe(store: StoreName): ProbeView {
  const names = ['read_after_write', 'stat', 'put_if_absent', 'overwrite', 'list', 'no_versions', 'delete'];
  return {
    store,
    location: store,
    usable: true,
    steps: names.map((name) => ({ name, ok: true, detail: null })),
  };
}
