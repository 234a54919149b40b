import type {
  BackupDetail,
  BackupView,
  ExpiredBackup,
  Policy,
  PolicyForecast,
} from '../../api/generated/types';
import { CLASSES } from './backups';
import type { Handlers, MockState } from './handlers';
import { NOW } from './instant';
import type { MockJobs } from './jobs';

const MIB = 1024 * 1024;
const DAY = 86_400_000;

/** What was added on the last days, MiB. */
const GROWTH = [24, 2.1, 3.4, 2.8, 3.9, 5.2, 4.7, 2.2, 2.5, 3.1, 3.3, 2.9, 4.4, 1.2];

const NOTHING = { objects: 0, bytes: 0 };

/** The policy of the specification. */
const POLICY: Policy = {
  accounts: { method: 'full', every: 'day', keep: 90 },
  rooms: { method: 'incremental', every: 'hour', full_every: 'day', keep: 30 },
  active: { method: 'event_log', every: 'event', keep: 7 },
  history: { method: 'full', every: 'day', keep: 90 },
  statistics: { method: 'full', every: 'week', keep: 180 },
  configuration: { method: 'full', every: 'change', keep: 'forever' },
  pre_image_days: 7,
};

type LifeCycle =
  | 'backup.pin'
  | 'backup.unpin'
  | 'retention.plan'
  | 'retention.apply'
  | 'store.prune'
  | 'store.statistics'
  | 'policy.get'
  | 'policy.run'
  | 'policy.set'
  | 'policy.simulate';

/** Pins, policy, retention and prune. */
export function lifeCycle(
  state: MockState,
  jobs: MockJobs,
  find: (state: MockState, id: string) => BackupDetail,
): Pick<Handlers, LifeCycle> {
  let policy: Policy | null = null;
  let schedule: string | null = null;
  const carriedOut = () => {
    const job = schedule === null ? undefined : jobs.find(schedule);
    return job?.finishedAt === null ? job.id : null;
  };
  const pin = (id: string, pinned: BackupView['pinned']): BackupView => {
    const detail = find(state, id);
    detail.summary = { ...detail.summary, pinned };
    return detail.summary;
  };
  const view = () => ({
    policy: policy ?? POLICY,
    origin: policy ? ('console' as const) : ('default' as const),
    carried_out_by: carriedOut(),
  });
  return {
    'backup.pin': ({ id, reason }) => pin(id, { reason, actor: 'merlin', at: NOW }),
    'backup.unpin': ({ id }) => pin(id, null),
    'retention.plan': () => ({
      id: '01KAJ5K0RETENTIONP1AN00000',
      backups: state.backups.length,
      goes: state.backups.slice(-1).map(({ summary }) => expired(summary, null)),
      stays: state.backups
        .slice(2, 4)
        .map(({ summary }, index) =>
          expired(summary, index ? { rule: 'last_verified', class: 'accounts' } : { rule: 'young' }),
        ),
      freedObjects: 41,
      freedBytes: 18 * MIB,
    }),
    'retention.apply': () => ({
      jobId: jobs.start('retention', 'vault', [{ phase: 'expire', unit: 'steps', total: 0 }], () => ({
        outcome: { removed: [], spared: [], freedBytes: 0 } as never,
        ok: true,
      })),
    }),
    'store.prune': ({ dryRun }) => ({
      jobId: jobs.start('prune', 'vault', [{ phase: 'prune', unit: 'objects', total: 276 }], () => ({
        outcome: {
          dryRun,
          deleted: NOTHING,
          spared: NOTHING,
          locked: NOTHING,
          marked: NOTHING,
          young: NOTHING,
          dueAt: null,
        } as never,
        ok: true,
      })),
    }),
    'store.statistics': () => statistics(state),
    'policy.get': view,
    'policy.run': () => {
      const acts = [{ phase: 'schedule', unit: 'steps' as const, total: 1_000_000 }];
      schedule = jobs.start('schedule', 'avalon', acts, () => ({ outcome: {}, ok: true }));
      return { jobId: schedule };
    },
    'policy.set': (request) => {
      policy = request.policy;
      return view();
    },
    'policy.simulate': (request) =>
      forecast(request.days, request.policy ?? policy ?? POLICY, policy ?? POLICY),
  };
}

function expired(summary: BackupView, kept: ExpiredBackup['kept']): ExpiredBackup {
  const { id, committedAt, classes } = summary;
  return { backup: id, takenAt: committedAt, expiredAt: NOW - DAY, classes, kept };
}

function statistics(state: MockState): ReturnType<Handlers['store.statistics']> {
  const summaries = state.backups.map(({ summary }) => summary);
  const storedBytes = summaries.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
  const logicalBytes = summaries.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    backups: summaries.length,
    objects: 276,
    storedBytes,
    unusedObjects: 12,
    unusedBytes: 3.4 * MIB,
    logicalBytes,
    deduplication: logicalBytes / Math.max(storedBytes, 1),
    byType: [{ kind: 'segment', objects: 276, bytes: storedBytes }],
    byClass: [],
    growth: GROWTH.map((bytes, index) => ({
      day: NOW - (GROWTH.length - index) * DAY,
      bytes: bytes * MIB,
      backups: 25,
    })),
    bytesPerDay: 3.1 * MIB,
    quotaBytes: 2048 * MIB,
    daysUntilQuota: 652,
  };
}

const RUNS_A_DAY = { event: 1, hour: 24, day: 1, week: 1 / 7, change: 0.1 };

function forecast(days: number, policy: Policy, current: Policy): PolicyForecast {
  const of = (wanted: Policy) =>
    CLASSES.map((name, index) => {
      const { method, every, keep } = wanted[name];
      const runs = Math.round(days * RUNS_A_DAY[every]);
      const kept = keep === 'forever' ? days : Math.min(days, keep);
      const left = Math.round(kept * RUNS_A_DAY[every]);
      const bytes = Math.round((4 + index + kept * 0.4 * RUNS_A_DAY[every]) * MIB);
      return { class: name, runs: [{ method, synthetic: false, runs }], expired: runs - left, left, bytes };
    });
  const sum = (classes: ReturnType<typeof of>) => classes.reduce((all, { bytes }) => all + bytes, 0);
  const classes = of(policy);
  return {
    days,
    classes,
    bytes: sum(classes),
    currentBytes: sum(of(current)),
    quotaBytes: policy.quota_bytes ?? null,
  };
}
