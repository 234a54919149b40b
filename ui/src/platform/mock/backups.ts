import type {
  BackupDetail,
  BackupView,
  ClassPart,
  CollectionPart,
  DataClass,
  Level,
  Method,
  VerificationView,
} from '../../api/generated/types';
import { NOW } from './instant';
import { invariantsOf } from './outcomes';

const MIB = 1024 * 1024;
const HOUR = 3_600_000;

export const CLASSES: DataClass[] = ['accounts', 'rooms', 'active', 'history', 'statistics', 'configuration'];

function collection(
  name: string,
  documents: number,
  bytes: number,
  indexes: number,
  fresh: number,
): CollectionPart {
  const segments = Math.max(1, Math.round(bytes / (6 * MIB)));
  return { name, documents, bytes, indexes, segments, reusedSegments: Math.round(segments * (1 - fresh)) };
}

const PARTS: Record<DataClass, { collections: [string, number, number, number][]; redisKeys: number }> = {
  accounts: { collections: [['users', 4820, 2.1 * MIB, 2]], redisKeys: 0 },
  rooms: {
    collections: [
      ['rooms', 318, 0.4 * MIB, 1],
      ['room_events', 9120, 6.2 * MIB, 1],
    ],
    redisKeys: 0,
  },
  active: {
    collections: [
      ['games', 24, 0.2 * MIB, 1],
      ['game_events', 1404, 1.1 * MIB, 2],
    ],
    redisKeys: 78,
  },
  history: {
    collections: [
      ['game_history', 1240, 3.8 * MIB, 2],
      ['game_events', 118_336, 92 * MIB, 2],
    ],
    redisKeys: 0,
  },
  statistics: { collections: [['stats', 4821, 1.9 * MIB, 1]], redisKeys: 0 },
  configuration: { collections: [['config', 42, 0.02 * MIB, 0]], redisKeys: 0 },
};

function partOf(name: DataClass, fresh: number): ClassPart {
  const { collections, redisKeys } = PARTS[name];
  const parts = collections.map(([label, documents, bytes, indexes]) =>
    collection(label, documents, Math.round(bytes), indexes, fresh),
  );
  const bytes = parts.reduce((sum, part) => sum + part.bytes, 0);
  return { class: name, collections: parts, redisKeys, bytes, storedBytes: Math.round(bytes * 0.22 * fresh) };
}

/** A backup set of the mock. */
export function backupDetail(
  id: string,
  at: number,
  classes: DataClass[],
  verifications: VerificationView[],
  fresh = 0.08,
  taken: Partial<BackupView> = {},
): BackupDetail {
  const parts = classes.map((name) => partOf(name, fresh));
  const documents = parts.flatMap((part) => part.collections).reduce((sum, part) => sum + part.documents, 0);
  const summary: BackupView = {
    id,
    method: 'full',
    base: null,
    instead: null,
    preImage: false,
    pointInTime: null,
    database: 'avalon',
    startedAt: at - 1800,
    committedAt: at + 2400,
    clusterTime: `${Math.floor(at / 1000)},4`,
    consistentAt: at,
    classes,
    complete: classes.length === CLASSES.length,
    documents,
    bytes: parts.reduce((sum, part) => sum + part.bytes, 0),
    storedBytes: parts.reduce((sum, part) => sum + part.storedBytes, 0),
    verification: verifications[0] ?? null,
    pinned: null,
    ...taken,
  };
  return {
    summary,
    parts,
    verifications,
    invariants: verifications
      .slice(0, 1)
      .flatMap(({ level, coverage, findings, at }) =>
        invariantsOf(level ?? 'L0', coverage, findings).map((invariant) => ({ invariant, at, level })),
      ),
    mechanism: 'oplog',
    serverVersion: '6.0.5',
    toolVersion: '0.1.0',
    keyEpoch: 1,
    readFrom: [],
  };
}

/** A verification of the mock. */
export function verification(
  level: Level,
  at: number,
  seen: Partial<VerificationView> = {},
): VerificationView {
  const sampled = seen.coverage?.complete === false && level < 'L4';
  const proven: Level = sampled && level > 'L1' ? 'L1' : level;
  return { level, proven, at, ok: true, problems: 0, coverage: null, findings: [], ...seen };
}

/** The sets that the mock begins with, newest first. */
export function initialBackups(): BackupDetail[] {
  const ok = (at: number, level: Level) => verification(level, at);
  const failed = verification('L1', NOW - 9 * HOUR, { ok: false, problems: 2 });
  const holed = verification('L3', NOW - 15.5 * HOUR, { findings: ['B-CONSISTENT-CUT'] });
  const on = (base: string, method: Method = 'incremental') => ({ method, base });
  return [
    backupDetail(
      '01KAJ3ZV2Q8T5C4N7R1MXW6E4A',
      NOW - 0.2 * HOUR,
      CLASSES,
      [ok(NOW - 0.15 * HOUR, 'L3'), ok(NOW - 0.19 * HOUR, 'L1')],
      0.01,
      on('01KAJ0GH7M3W9K2B6P5VZD8T1C'),
    ),
    backupDetail(
      '01KAJ0GH7M3W9K2B6P5VZD8T1C',
      NOW - 2.2 * HOUR,
      CLASSES,
      [ok(NOW - 2.1 * HOUR, 'L2')],
      0.02,
      on('01KAHF4P9X2C7Z5T8W3QKR6M1B', 'synthetic'),
    ),
    backupDetail('01KAHW1C5D7N4X8Q2J6RSY3F9E', NOW - 6.5 * HOUR, ['active', 'rooms'], [], 0.08, {
      preImage: true,
    }),
    backupDetail(
      '01KAHR8K2T6B9V3M5G1NWP7H4D',
      NOW - 9.5 * HOUR,
      CLASSES,
      [failed],
      0.01,
      on('01KAHF4P9X2C7Z5T8W3QKR6M1B', 'differential'),
    ),
    backupDetail('01KAHF4P9X2C7Z5T8W3QKR6M1B', NOW - 16 * HOUR, CLASSES, [holed], 0.08, {
      instead: { asked: 'incremental', reason: 'oplog_overrun' },
    }),
    backupDetail('01KAH5T3N8R4D6Y1F7VBJX2Q9S', NOW - 22 * HOUR, CLASSES, [ok(NOW - 21 * HOUR, 'L3')], 1),
  ];
}
