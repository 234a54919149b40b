import type {
  AlternativesRequest,
  AlternativesView,
  Fact,
  FindingView,
  GameListRequest,
  GamePage,
  GameRow,
  GameShowRequest,
  GameView,
  SeatView,
  WeightedFact,
} from '../../api/generated/types';
import { type Frame, playScript } from './game-log';
import { LONG_QUESTS, QUESTS } from './game-script';
import { NOW } from './instant';
import { openedRow } from './opened';
import { invalid } from './refusal';
import { told } from './told';
import { alternativesOf, courseOf } from './what-if';

const FRAMES = playScript(QUESTS);
/** Twenty-five proposals, as many as a game can have. */
const LONG_FRAMES = playScript(LONG_QUESTS);
const LIVE = 24;
const FINISHED = 1240;

function idOf(index: number, live: boolean): string {
  return `01KAHM${live ? 'L' : 'F'}${String(index).padStart(5, '0')}${((index * 7919) % 46656).toString(36).toUpperCase().padStart(3, '0')}QZ`;
}

/** The finished game that was played to its last chance in every quest. */
const LONG = idOf(3, false);

function framesOf(id: string): Frame[] {
  return id === LONG ? LONG_FRAMES : FRAMES;
}

function frameAt(frames: Frame[], seq: number): Frame {
  const frame = frames[Math.min(frames.length, Math.max(1, seq)) - 1];
  if (!frame) throw new Error('the script has no events');
  return frame;
}

function liveSeq(index: number): number {
  return 10 + ((index * 17) % (FRAMES.length - 12));
}

function row(index: number, live: boolean): GameRow {
  const id = idOf(index, live);
  const frames = framesOf(id);
  const seq = live ? liveSeq(index) : frames.length;
  const frame = frameAt(frames, seq);
  const evil = !live && index % 9 > 3;
  return {
    id,
    roomId: `room-${String(412 + index * 3).padStart(4, '0')}`,
    status: live ? 'live' : 'finished',
    players: 7,
    phase: frame.phase,
    quest: frame.quest,
    quests: evil
      ? ['fail', 'success', 'fail', 'fail']
      : frame.quests.flatMap(({ result }) => (result ? [result] : [])),
    voteTrack: frame.voteTrack,
    seq,
    startedAt: NOW - (live ? 720_000 : 3_600_000 + index * 95_000),
    updatedAt: NOW - (live ? 1200 + index * 800 : 2_700_000 + index * 95_000),
    winner: live ? null : evil ? 'evil' : 'good',
    reason: live ? null : evil ? 'three_fails' : 'assassination_miss',
  };
}

const ROWS = {
  live: Array.from({ length: LIVE }, (_, index) => row(index, true)),
  finished: Array.from({ length: FINISHED }, (_, index) => row(index, false)),
};

/** Finished games with snapshots. */
const WITH_SNAPSHOTS = 660;

/** The games that snapshots were taken of. */
export function snapshotGames(): GameRow[] {
  return [...ROWS.live, ...ROWS.finished.slice(0, WITH_SNAPSHOTS)];
}

/** The key moments that a game has reached, with their times. */
export function momentsOf({ id, seq, startedAt }: GameRow): { seq: number; at: number; moment: string }[] {
  return framesOf(id)
    .slice(0, seq)
    .flatMap(({ event }) =>
      event.moment ? [{ seq: event.seq, at: (startedAt ?? NOW) + event.at, moment: event.moment }] : [],
    );
}

/** Pages of games, searched by id. */
export function listGames({ status, search, cursor, limit }: GameListRequest): GamePage {
  const wanted = search.toLowerCase();
  const all = ROWS[status].filter(({ id, roomId }) => `${id} ${roomId}`.toLowerCase().includes(wanted));
  const from = Number(cursor ?? 0);
  const next = from + limit;
  return {
    games: all.slice(from, next),
    cursor: next < all.length ? String(next) : null,
    total: all.length,
  };
}

const FINDING: FindingView = {
  id: 'V-COUNT',
  severity: 'E',
  seq: 31,
  repair: 'AUTO',
  ...told('{count} approve, not {count_stored}', { count: '4', count_stored: '3' }),
};

function rowOf(id: string, file: string | undefined): GameRow | undefined {
  if (file === undefined) return [...ROWS.live, ...ROWS.finished].find((candidate) => candidate.id === id);
  const row = openedRow(file, id);
  if (row !== null) return row;
  throw invalid('file', `the file ${file} is not open any more; open it again`);
}

/** What could have happened in the place of an event; null when there is no such game or event. */
export function alternativesAt({ id, seq, file }: AlternativesRequest): AlternativesView | null {
  return rowOf(id, file) ? alternativesOf(framesOf(id), seq) : null;
}

/** One game at one moment through one viewer's eyes; null when there is no such game. */
export function showGame(request: GameShowRequest): GameView | null {
  const { id, seq, viewer, momentOnly, backup, file, eventLog, whatIf } = request;
  const known = rowOf(id, file);
  if (!known) return null;
  const frames = framesOf(id).slice(0, known.seq);
  const course = whatIf && whatIf.length > 0 ? courseOf(frames, whatIf) : null;
  const steps = course?.steps ?? frames.map((frame) => ({ frame, origin: undefined }));
  const at = Math.min(seq ?? steps.length, steps.length);
  const frame = steps[at - 1]?.frame ?? frameAt(frames, at);
  const sees = viewer === 'god';
  const { event: _event, secret: _secret, seats, ...table } = frame;
  return {
    ...table,
    row: known,
    viewer,
    backup,
    snapshot: null,
    file: file ?? null,
    eventLog: eventLog ? { events: known.seq - 12, kept: 12, until: (NOW - 42_000) / 1000 } : null,
    whatIf: course?.view ?? null,
    seq: at,
    lastSeq: steps.length,
    seats: seats.map((seat) => projectSeat(seat, frame, viewer)),
    events: (momentOnly ? [] : steps).map(({ frame: { event: past, secret }, origin }, index) => ({
      ...past,
      seq: index + 1,
      at: (known.startedAt ?? NOW) + past.at,
      payload: secret && !sees ? {} : past.payload,
      origin,
    })),
    changes: changesAt(frames, frame),
    findings: id === idOf(1, false) && !momentOnly ? [FINDING] : [],
    state: {
      phase: table.phase,
      quest: table.quest,
      attempt: table.attempt,
      voteTrack: table.voteTrack,
      quests: table.quests as never,
      stateHash: '9c41f0c2b7d8e07a',
    },
  };
}

/** What an event changes: for the pictures only where the game stands. */
function changesAt(frames: Frame[], { event: { seq }, phase, quest, attempt }: Frame): WeightedFact[] {
  const past = seq > 1 ? frameAt(frames, seq - 1) : null;
  const change = <T>(before: T | null, after: T) => (before === after ? null : { before, after });
  const moved = {
    phase: change(past?.phase ?? 'LOBBY', phase),
    quest: change(past?.quest ?? 0, quest),
    attempt: change(past?.attempt ?? 0, attempt),
  };
  if (!moved.phase && !moved.quest && !moved.attempt) return [];
  return [{ weight: 'course', fact: { kind: 'phase', ...moved } as Fact }];
}

function projectSeat(seat: SeatView, frame: Frame, viewer: string): SeatView {
  if (viewer === 'god' || frame.winner) return seat;
  const own = seat.playerId === viewer;
  const votesOpen = frame.phase === 'TEAM_VOTING';
  return {
    ...seat,
    role: own ? seat.role : null,
    side: own ? seat.side : null,
    vote: votesOpen && !own ? null : seat.vote,
    card: own ? seat.card : null,
  };
}
