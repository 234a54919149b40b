import type { OperationName, Operations } from '../../api/generated/operations';
import type {
  BackupDetail,
  GameShowRequest,
  GameView,
  ServiceStatus,
  VerifyRequest,
} from '../../api/generated/types';
import { backupDetail, CLASSES, verification } from './backups';
import { browsePage, collectionsOf, documentOf } from './browse';
import { bisectGame, diffGames } from './diff';
import { exportDiff, shareGame } from './files';
import { alternativesAt, listGames, showGame } from './games';
import { NOW } from './instant';
import type { MockJobs } from './jobs';
import { keysOf, withKey } from './keys';
import { lifeCycle } from './life-cycle';
import { openFile } from './opened';
import { compareOutcome, exportOutcome, restoreOutcome, restorePlan, verifyOutcome } from './outcomes';
import { overviewOf, STATUS } from './overview';
import { pointsOf } from './points';
import { invalid, refusal } from './refusal';
import { snapshots } from './snapshot-operations';
import type { MockSnapshots } from './snapshots';
import { stores } from './stores';

/** What the mock remembers. */
export interface MockState {
  stage: 'choose' | 'ready';
  /** Whether the servers answer. */
  down: boolean;
  damaged: number;
  backups: BackupDetail[];
  settings: Operations['settings.get']['response'];
  snapshots: MockSnapshots;
}

export type Handlers = {
  [O in OperationName]: (request: Operations[O]['request']) => Operations[O]['response'];
};

/** Every operation of the contract, answered from memory. */
export function createHandlers(state: MockState, jobs: MockJobs): Handlers {
  return {
    ...reads(state, jobs),
    ...points(state, jobs),
    ...snapshots(state, jobs),
    ...work(state, jobs),
    ...keys(),
    ...setup(state, jobs),
    ...lifeCycle(state, jobs, findBackup),
    ...stores(state, jobs),
  };
}

/** What was found; refused as the contract does where there is none. */
export function must<T>(found: T | null | undefined, what: string): T {
  if (found === null || found === undefined)
    throw refusal(`no_such_${what.split(' ')[0]}`, `there is no ${what}`);
  return found;
}

function findBackup(state: MockState, id: string): BackupDetail {
  if (id === 'latest') return must(state.backups[0], 'backup');
  return must(
    state.backups.find(({ summary }) => summary.id === id),
    `backup ${id}`,
  );
}

/** Refuses while the servers are down. */
export function answering(state: MockState): void {
  if (state.down)
    throw refusal('server_unreachable', 'MongoDB at 127.0.0.1:27117 does not answer', 'transient');
}

function gameOf(state: MockState, request: GameShowRequest): GameView | null {
  const { snapshot } = request;
  return snapshot === null ? showGame(request) : state.snapshots.game({ ...request, snapshot });
}

type Reads =
  | 'service.status'
  | 'overview.get'
  | 'backup.list'
  | 'backup.show'
  | 'backup.collections'
  | 'backup.browse'
  | 'backup.document'
  | 'game.list'
  | 'game.show'
  | 'game.alternatives'
  | 'game.open'
  | 'game.bisect'
  | 'game.diff'
  | 'game.exportDiff'
  | 'game.share'
  | 'job.list'
  | 'job.show'
  | 'audit.list'
  | 'settings.get'
  | 'setup.status';

function reads(state: MockState, jobs: MockJobs): Pick<Handlers, Reads> {
  return {
    'service.status': () => (state.down ? statusDown() : STATUS),
    'overview.get': () => {
      answering(state);
      return overviewOf(state.backups);
    },
    'backup.list': () => state.backups.map(({ summary }) => summary),
    'backup.show': ({ id }) => findBackup(state, id),
    'backup.collections': ({ id }) => collectionsOf(findBackup(state, id)),
    'backup.browse': (request) => browsePage(collectionsOf(findBackup(state, request.backup)), request),
    'backup.document': ({ backup, collection, key }) => {
      findBackup(state, backup);
      return documentOf(collection, key);
    },
    'game.list': (request) => {
      answering(state);
      return listGames(request);
    },
    'game.show': (request) => must(gameOf(state, request), `game ${request.id}`),
    'game.alternatives': (request) => must(alternativesAt(request), `event ${request.seq}`),
    'game.open': (request) => {
      const opened = openFile(request);
      if (!opened) throw invalid('text', `${request.name} holds no game: line 1: expected a record`);
      return opened;
    },
    'game.bisect': (request) => must(bisectGame(request), `game ${request.game}`),
    'game.diff': (request) =>
      must(
        diffGames(request, (game) => gameOf(state, game)),
        `game ${request.before.game}`,
      ),
    'game.exportDiff': (request) =>
      must(
        exportDiff(request, (game) => gameOf(state, game)),
        `game ${request.diff.before.game}`,
      ),
    'game.share': (request) =>
      must(
        shareGame(request, (game) => gameOf(state, game)),
        `game ${request.id}`,
      ),
    'job.list': () => [...jobs.list()],
    'job.show': ({ id }) => must(jobs.find(id), `job ${id}`),
    'audit.list': () => [],
    'settings.get': () => state.settings,
    'setup.status': () => ({ stage: state.stage, sandboxAvailable: true, reason: null }),
  };
}

function statusDown(): ServiceStatus {
  return {
    ...STATUS,
    mongodb: { ...STATUS.mongodb, health: 'down', detail: 'connection refused' },
    redis: { ...STATUS.redis, health: 'attention', detail: 'slow' },
  };
}

type Work =
  | 'backup.create'
  | 'backup.verify'
  | 'backup.export'
  | 'backup.import'
  | 'restore.plan'
  | 'restore.apply'
  | 'compare.run'
  | 'store.check'
  | 'job.cancel'
  | 'sandbox.damage';

function work(state: MockState, jobs: MockJobs): Pick<Handlers, Work> {
  return {
    'backup.create': ({ classes }) => ({
      jobId: startBackup(state, jobs, classes.length > 0 ? classes : CLASSES),
    }),
    'backup.verify': (request) => ({ jobId: startVerify(state, jobs, request) }),
    'backup.export': (request) => {
      const { summary } = findBackup(state, request.backup);
      if (request.path.includes('taken'))
        throw refusal('not_empty', `${request.path} is not empty: it holds avalon`);
      const acts = [{ phase: 'export', unit: 'bytes' as const, total: summary.bytes }];
      return {
        jobId: jobs.start('export', summary.id, acts, () => ({
          outcome: exportOutcome(findBackup(state, request.backup), request) as never,
          ok: true,
        })),
      };
    },
    'backup.import': ({ database }) => {
      const acts = [{ phase: 'import', unit: 'bytes' as const, total: 107_820_000 }];
      return { jobId: jobs.start('import', database ?? 'avalon', acts, () => ({ outcome: {}, ok: true })) };
    },
    'restore.plan': (request) => restorePlan(findBackup(state, request.backup), request, state.damaged),
    'restore.apply': ({ planId, confirmName }) => ({ jobId: startRestore(state, jobs, planId, confirmName) }),
    'compare.run': ({ backup }) => {
      const detail = findBackup(state, backup);
      const acts = [{ phase: 'compare', unit: 'documents' as const, total: detail.summary.documents }];
      return {
        jobId: jobs.start('compare', detail.summary.id, acts, () => ({
          outcome: compareOutcome(detail, state.damaged) as never,
          ok: state.damaged === 0,
        })),
      };
    },
    'store.check': () => ({
      jobId: jobs.start('check', 'vault', [{ phase: 'check', unit: 'objects', total: 276 }], () => ({
        outcome: verifyOutcome('store', 'L3') as never,
        ok: true,
      })),
    }),
    'job.cancel': ({ id }) => must(jobs.cancel(id), `job ${id}`),
    'sandbox.damage': ({ kind, count }) => {
      state.damaged += count;
      return {
        labels: Array.from({ length: count }, (_, index) => ({
          kind,
          collection: kind === 'wrong_statistic' ? 'stats' : 'game_history',
          id: `01KAHMF${String(index).padStart(5, '0')}QZ4T7`,
          detail: 'removed with its events',
        })),
      };
    },
  };
}

function startBackup(state: MockState, jobs: MockJobs, classes: typeof CLASSES): string {
  const total = 107_820_000;
  return jobs.start(
    'backup',
    'avalon',
    [
      { phase: 'scan', unit: 'bytes', total, detail: 'game_events' },
      { phase: 'delta', unit: 'documents', total: 412, detail: 'game_events' },
      { phase: 'redis', unit: 'documents', total: 78 },
      { phase: 'commit', unit: 'steps', total: 2 },
    ],
    () => {
      const id = `01KAJ5K0${String(state.backups.length).padStart(3, '0')}W7N3B9X2M6P1R5T`;
      const detail = backupDetail(id, NOW, classes, [], state.backups.length === 0 ? 1 : 0.06);
      state.backups.unshift(detail);
      return { outcome: detail as never, ok: true };
    },
  );
}

function startVerify(
  state: MockState,
  jobs: MockJobs,
  { backup, level, samplePercent }: VerifyRequest,
): string {
  const detail = findBackup(state, backup);
  return jobs.start('verify', detail.summary.id, [{ phase: 'check', unit: 'objects', total: 46 }], () => {
    const outcome = verifyOutcome(detail.summary.id, level, samplePercent);
    const findings = outcome.invariants.filter(({ verdict }) => verdict === 'broken').map(({ id }) => id);
    const seen = verification(level, NOW, { coverage: outcome.coverage, findings });
    detail.invariants = outcome.invariants.map((invariant) => ({ invariant, at: NOW, level }));
    detail.summary = { ...detail.summary, verification: seen };
    detail.verifications.unshift(seen);
    return { outcome: outcome as never, ok: true };
  });
}

function startRestore(state: MockState, jobs: MockJobs, planId: string, confirmName: string): string {
  const [, backup = 'latest', database = 'avalon'] = planId.split('/');
  if (confirmName !== database) throw refusal('not_confirmed', `the name to type is ${database}`);
  const detail = findBackup(state, backup);
  return jobs.start(
    'restore',
    detail.summary.id,
    [
      { phase: 'stage', unit: 'bytes', total: 107_820_000, detail: 'game_events' },
      { phase: 'switch', unit: 'steps', total: 8 },
    ],
    () => {
      state.damaged = 0;
      return { outcome: restoreOutcome(detail, database) as never, ok: true };
    },
  );
}

type PointOperations = 'backup.follow' | 'point.list' | 'point.prepare';

function points(state: MockState, jobs: MockJobs): Pick<Handlers, PointOperations> {
  let follower: string | null = null;
  const followed = () => {
    const job = follower === null ? undefined : jobs.find(follower);
    return job?.finishedAt === null ? job.id : null;
  };
  return {
    'backup.follow': () => {
      const acts = [{ phase: 'follow', unit: 'operations' as const, total: 1_000_000 }];
      follower = jobs.start('follow', 'avalon', acts, () => ({ outcome: {}, ok: true }));
      return { jobId: follower };
    },
    'point.list': () => (state.backups.length > 0 ? pointsOf(followed()) : NO_POINTS),
    'point.prepare': ({ at }) => {
      const acts = [
        { phase: 'log', unit: 'operations' as const, total: 48_210 },
        { phase: 'fold', unit: 'operations' as const, total: 48_210 },
      ];
      const detail = backupDetail('01KAJ4POINT7W3K9N2B6M5X8R1', NOW, CLASSES, [], 0.01, {
        method: 'incremental',
        pointInTime: at,
      });
      const ready = () => {
        state.backups.unshift(detail);
        return { outcome: detail as never, ok: true };
      };
      return { jobId: jobs.start('prepare', 'avalon', acts, ready) };
    },
  };
}

const NO_POINTS = { ranges: [], gaps: [], followedBy: null };

type Keys = 'key.list' | 'key.add' | 'key.remove' | 'key.rotate' | 'key.changePassphrase';

function keys(): Pick<Handlers, Keys> {
  let present = keysOf();
  const changed = () => ({ rootRenewed: true, notAtHand: [], present });
  return {
    'key.list': () => present,
    'key.add': ({ key, label }) => {
      present = withKey(present, key.provider, label);
      const id = must(present.keys.at(-1), 'key').id;
      const recoveryKey = key.provider === 'recovery' ? Array(8).fill('7777777').join('-') : null;
      return { id, recoveryKey, present };
    },
    'key.remove': ({ id }) => {
      if (present.keys.length === 1) throw refusal('last_key', 'this is the only key');
      must(
        present.keys.find((key) => key.id === id),
        `key ${id}`,
      );
      present = { ...present, keys: present.keys.filter((key) => key.id !== id) };
      return changed();
    },
    'key.rotate': () => {
      const epoch = present.dataKeys.length + 1;
      present = { ...present, dataKeys: [...present.dataKeys, { epoch, createdAt: NOW }] };
      return changed();
    },
    'key.changePassphrase': () => changed(),
  };
}

type Setup = 'setup.sandbox' | 'setup.connect' | 'setup.openVault' | 'setup.disconnect' | 'settings.set';

function setup(state: MockState, jobs: MockJobs): Pick<Handlers, Setup> {
  return {
    'settings.set': (patch) => {
      state.settings = { ...state.settings, ...patch };
      return state.settings;
    },
    'setup.sandbox': () => ({
      jobId: jobs.start(
        'sandbox',
        'sandbox',
        [
          { phase: 'servers', unit: 'steps', total: 2, detail: 'mongod' },
          { phase: 'games', unit: 'steps', total: 400 },
          { phase: 'vault', unit: 'steps', total: 1 },
        ],
        () => {
          state.stage = 'ready';
          state.backups = [];
          return { outcome: null, ok: true };
        },
      ),
    }),
    'setup.connect': () => {
      state.stage = 'ready';
      return STATUS;
    },
    'setup.openVault': ({ passphrase }) => {
      if (passphrase === 'wrong') throw refusal('wrong_key', 'the passphrase does not open the vault');
      state.stage = 'ready';
      return STATUS;
    },
    'setup.disconnect': () => {
      state.stage = 'choose';
      return { stage: 'choose', sandboxAvailable: true, reason: null };
    },
  };
}
