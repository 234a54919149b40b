import type {
  BackupDetail,
  CompareOutcome,
  CoverageView,
  ExportOutcome,
  ExportRequest,
  InvariantView,
  Level,
  RestoreMethod,
  RestoreOutcome,
  RestorePlan,
  RestoreRequest,
  VerifyOutcome,
} from '../../api/generated/types';
import { told } from './told';

/** A made-up digest that differs by name and stays the same from run to run. */
function digestOf(name: string): string {
  let state = 2166136261;
  const words = Array.from({ length: 8 }, (_, index) => {
    for (const letter of `${name}${index}`) state = Math.imul(state ^ letter.charCodeAt(0), 16777619) >>> 0;
    return state.toString(16).padStart(8, '0');
  });
  return words.join('');
}

export function restorePlan(detail: BackupDetail, request: RestoreRequest, damaged: number): RestorePlan {
  const database = request.database ?? detail.summary.database;
  const classes = request.classes.length > 0 ? request.classes : detail.summary.classes;
  const inPlace = request.database === null || request.database === detail.summary.database;
  const changes = detail.parts
    .filter((part) => classes.includes(part.class))
    .flatMap((part) =>
      part.collections.map((collection) => {
        const lost =
          inPlace && collection.name === 'game_history' ? damaged : inPlace ? 0 : collection.documents;
        const newer = inPlace && part.class === 'active' ? 18 : 0;
        const whole = request.whole || !inPlace || collection.name === 'games';
        const method: RestoreMethod = whole ? 'whole' : 'documents';
        return {
          class: part.class,
          collection: collection.name,
          method,
          liveDocuments: inPlace ? collection.documents - lost + newer : 0,
          restoredDocuments: collection.documents,
          added: lost,
          removed: newer,
          changed: inPlace && part.class === 'active' ? 11 : 0,
          indexes: collection.indexes,
        };
      }),
    );
  return {
    id: `plan/${detail.summary.id}/${database}`,
    backup: detail.summary.id,
    consistentAt: detail.summary.consistentAt,
    database,
    server: '127.0.0.1:27117',
    inPlace,
    confirmName: database,
    changes,
    redisKeys: classes.includes('active') ? 78 : 0,
    liveGames: inPlace ? 24 : 0,
    bytes: detail.summary.bytes,
    estimateSeconds: 7.4,
    warnings: inPlace
      ? [
          {
            code: 'live_games_paused',
            message: '24 games are being played; they are paused during the restore',
            hint: null,
            context: { games: '24' },
          },
          ...(detail.summary.verification
            ? []
            : [
                {
                  code: 'backup_unverified',
                  message: 'this backup was never verified',
                  hint: null,
                  context: {},
                },
              ]),
        ]
      : [],
  };
}

export function restoreOutcome(detail: BackupDetail, database: string): RestoreOutcome {
  const inPlace = database === detail.summary.database;
  return {
    backup: detail.summary.id,
    database,
    preImage: inPlace ? detail.summary.id : null,
    collections: detail.parts.flatMap((part) =>
      part.collections.map(({ name, documents, indexes }) => {
        const label = part.class === 'active' && name === 'game_events' ? 'game_events (active)' : name;
        const method: RestoreMethod = inPlace && name !== 'games' ? 'documents' : 'whole';
        const alone = name === 'game_history' ? 12 : 0;
        const proven = method === 'whole' ? documents : alone;
        return {
          collection: label,
          method,
          removed: 0,
          expectedDocuments: proven,
          documents: proven,
          expectedDigest: digestOf(label),
          digest: digestOf(label),
          indexes: method === 'whole' ? indexes : 0,
        };
      }),
    ),
    redisKeys: 78,
    verified: true,
    seconds: 6.8,
    pausedSeconds: inPlace ? 0.6 : 0,
  };
}

export function compareOutcome(detail: BackupDetail, damaged: number): CompareOutcome {
  return {
    backup: detail.summary.id,
    equal: damaged === 0,
    collections: detail.parts.flatMap((part) =>
      part.collections.map(({ name, documents }) => {
        const missing = name === 'game_history' ? damaged : 0;
        return {
          class: part.class,
          collection: name,
          equal: documents - missing,
          missing,
          extra: 0,
          different: 0,
          examples: Array.from({ length: Math.min(missing, 50) }, (_, index) => ({
            kind: 'missing' as const,
            id: `"01KAHMF${String(index).padStart(5, '0')}QZ4T7"`,
          })),
          metadata: [],
        };
      }),
    ),
  };
}

/** Segments of a set of the mock. */
const SEGMENTS = 240;

export function verifyOutcome(backup: string, level: Level, samplePercent = 100): VerifyOutcome {
  const coverage = level >= 'L2' ? coverageOf(samplePercent) : null;
  return {
    backup,
    level,
    ok: true,
    objects: 46,
    bytes: Math.round(214_000 * samplePercent),
    problems: [],
    coverage,
    // A trial restore of the mock finds a game that was damaged before the backup was taken.
    invariants:
      backup === 'store' ? [] : invariantsOf(level, coverage, level === 'L4' ? ['B-CONSISTENT-CUT'] : []),
  };
}

/** What the engine works out for a sample: chances of drawing without replacement. */
function coverageOf(samplePercent: number): CoverageView {
  const read = Math.max(1, Math.round((SEGMENTS * samplePercent) / 100));
  const finds = (damaged: number) => {
    let missed = 1;
    for (let one = 0; one < damaged; one += 1)
      missed *= Math.max(0, SEGMENTS - read - one) / (SEGMENTS - one);
    return 1 - missed;
  };
  const sizes = Array.from({ length: SEGMENTS }, (_, index) => index + 1);
  return {
    segments: SEGMENTS,
    read,
    complete: read === SEGMENTS,
    chances: [1, 3, 10, 100].map((damaged) => ({
      damaged,
      perTenThousand: Math.floor(finds(damaged) * 10_000),
    })),
    foundFrom: sizes.find((damaged) => finds(damaged) >= 0.95) ?? null,
  };
}

const RULES: [string, InvariantView['repair'], Level][] = [
  ['B-MANIFEST', 'AUTO', 'L2'],
  ['B-COMPLETE', 'AUTO', 'L3'],
  ['B-CONSISTENT-CUT', 'QUAR', 'L3'],
  ['B-RESTORE-EQUAL', 'QUAR', 'L4'],
  ['B-ROLLBACK-CHAIN', 'QUAR', 'L3'],
  ['B-SECRET-KEY', 'HUMAN', 'L0'],
  ['E-REPLAY', 'AUTO', 'L5'],
  ['G-MOMENTS', 'AUTO', 'L5'],
  ['G-COUNT', 'AUTO', 'L5'],
  ['G-PHASE', 'AUTO', 'L5'],
  ['G-STATE-HASH', 'AUTO', 'L5'],
];

/** The rules of backups as a verification of this depth judges them. */
const HOLE = told('game {game}: {events} events up to seq {seq}', {
  game: '01KAHMF0000163ZQZ',
  events: '61',
  seq: '62',
});

export function invariantsOf(
  level: Level,
  coverage: CoverageView | null,
  findings: string[],
): InvariantView[] {
  return RULES.map(([id, repair, needs]) => {
    const sampled = coverage !== null && !coverage.complete && id !== 'B-SECRET-KEY' && needs < 'L4';
    const reason = level < needs ? `needs_${needs.toLowerCase()}` : sampled ? 'sampled' : null;
    const broken = reason === null && findings.includes(id);
    return {
      id,
      severity: 'F',
      repair,
      verdict: reason ? 'not_judged' : broken ? 'broken' : 'holds',
      reason,
      count: broken ? 1 : 0,
      details: broken ? [HOLE.detail] : [],
      sentences: broken ? [HOLE.sentence] : [],
    };
  });
}

export function exportOutcome(detail: BackupDetail, request: ExportRequest): ExportOutcome {
  const collections = detail.parts.flatMap((part) =>
    part.collections.map(({ name, documents, bytes, indexes }) => ({
      collection: name,
      documents,
      bytes,
      indexes,
    })),
  );
  return {
    backup: detail.summary.id,
    database: detail.summary.database,
    format: request.format,
    path: request.path,
    redisPath: `${request.path}/redis.jsonl${request.gzip ? '.gz' : ''}`,
    collections,
    redisKeys: 78,
    documents: detail.summary.documents,
    bytes: detail.summary.bytes,
    seconds: 4.2,
  };
}
