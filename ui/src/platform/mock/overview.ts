import type {
  BackupDetail,
  ClassStatus,
  Overview,
  Restorability,
  RestoreTimeline,
  ServiceStatus,
} from '../../api/generated/types';
import { CLASSES } from './backups';
import { NOW } from './instant';
import { told } from './told';

const HOUR_MS = 3_600_000;

const RULES = {
  accounts: ['full', 'day', 86_400],
  rooms: ['incremental', 'hour', 3600],
  active: ['event_log', 'event', 1],
  history: ['full', 'day', 86_400],
  statistics: ['full', 'week', 604_800],
  configuration: ['full', 'change', null],
} as const;

export const STATUS: ServiceStatus = {
  environment: 'sandbox',
  database: 'avalon',
  mongodb: { health: 'ok', address: '127.0.0.1:27117', detail: '6.0.5 · primary' },
  redis: { health: 'ok', address: '127.0.0.1:6479', detail: '7.0.15' },
  store: {
    health: 'ok',
    address: '/home/admin/.local/share/avalon-vault/vault',
    ...told('backups: {count}', { count: '6' }),
  },
};

/** The overview of the mock's backups. */
export function overviewOf(backups: BackupDetail[]): Overview {
  const [newest] = backups;
  return {
    restorability: restorabilityOf(backups),
    classes: CLASSES.map((name) => classStatus(name, backups)),
    points: backups
      .map(({ summary }) => ({
        backup: summary.id,
        at: summary.consistentAt,
        verified: summary.verification?.ok ?? null,
      }))
      .reverse(),
    timeline: timelineOf(backups),
    recent: backups.slice(0, 5).map(({ summary }) => summary),
    storeBytes: backups.reduce((sum, { summary }) => sum + summary.storedBytes, 0),
    storeObjects: backups.length * 46,
    liveGames: 24,
    finishedGames: 1240,
    instances: 2,
    players: 4820,
    oplog: newest
      ? {
          reachSeconds: 26 * 3600,
          backup: newest.summary.id,
          forgottenAt: NOW + 25.8 * 3_600_000,
          state: 'reaches',
        }
      : null,
  };
}

function timelineOf(backups: BackupDetail[]): RestoreTimeline {
  const from = NOW - 24 * HOUR_MS;
  const complete = backups.map(({ summary }) => summary).filter((summary) => summary.complete);
  const ranges = complete
    .map(({ id, consistentAt, verification }) => ({
      from: consistentAt,
      to: consistentAt,
      backup: id,
      verified: verification?.ok ?? null,
    }))
    .reverse();
  const gaps: RestoreTimeline['gaps'] = [];
  let covered = from;
  for (const { from: at, verified } of ranges) {
    if (at > covered) {
      const reason = verified === false ? 'backup_damaged' : 'not_taken';
      gaps.push({ from: covered, to: at, reason, job: null });
    }
    covered = Math.max(covered, at + HOUR_MS);
  }
  if (covered < NOW) gaps.push({ from: covered, to: NOW, reason: 'not_taken', job: null });
  return { from, to: NOW, ranges, gaps };
}

function restorabilityOf(backups: BackupDetail[]): Restorability {
  const newest = backups.find(({ summary }) => summary.complete)?.summary;
  if (!newest) return { possible: false, to: null, backup: null, estimateSeconds: null, reason: 'no_backup' };
  return {
    possible: true,
    to: newest.consistentAt,
    backup: newest.id,
    estimateSeconds: 7.4,
    reason: newest.verification ? null : 'unverified',
  };
}

function classStatus(name: (typeof CLASSES)[number], backups: BackupDetail[]): ClassStatus {
  const newest = backups.find(({ summary }) => summary.classes.includes(name));
  const part = newest?.parts.find((candidate) => candidate.class === name);
  const [policyMethod, policyEvery, target] = RULES[name];
  const age = newest ? Math.round((NOW - newest.summary.consistentAt) / 1000) : null;
  const documents = part?.collections.reduce((sum, collection) => sum + collection.documents, 0) ?? 0;
  return {
    class: name,
    lastBackup: newest?.summary.id ?? null,
    lastAt: newest?.summary.consistentAt ?? null,
    method: newest?.summary.method ?? null,
    verification: newest?.summary.verification ?? null,
    rpoSeconds: age,
    rpoTargetSeconds: target,
    rpo: age === null ? 'never' : target === null || age <= target * 0.8 ? 'met' : 'late',
    policyMethod,
    policyEvery,
    documents,
    storedBytes: part?.storedBytes ?? 0,
  };
}
