import type {
  GameShowRequest,
  GameView,
  JsonValue,
  SnapshotCreated,
  SnapshotFinding,
  SnapshotListRequest,
  SnapshotPage,
  SnapshotPlace,
  SnapshotRow,
  SnapshotType,
  SnapshotVerifyOutcome,
  SnapshotView,
} from '../../api/generated/types';
import { PLAYERS, ROLES } from './game-script';
import { momentsOf, showGame, snapshotGames } from './games';
import { NOW } from './instant';
import { refusal } from './refusal';
import { told } from './told';

const KEPT_MS = 90 * 24 * 3_600_000;
const MINUTE_MS = 60_000;
/** How far matches are counted. */
const COUNTED = 10_000;
/** Games that a text may be the beginning of. */
const NAMED = 60;
/** Deltas between two keyframes. */
const CHAIN = 8;

const KINDS: Record<string, SnapshotType> = {
  K1: 'game_created',
  K2: 'roles_assigned',
  K3: 'before_team_assignment',
  K4: 'team_assigned',
  K5: 'mission_executed',
  K6: 'merlin_guess_started',
  K7: 'game_over',
};

function idOf(game: number, nth: number): string {
  const hash = ((game * 131 + nth * 7919 + 17) * 2_654_435_761) % 4_294_967_296;
  return `${hash.toString(16).padStart(8, '0')}-0d4a-8c1e-9a21-${String(game * 1000 + nth).padStart(12, '0')}`;
}

/** Snapshots of all games at their key moments, with some that were taken otherwise. */
function taken(): SnapshotRow[] {
  return snapshotGames().flatMap((game, index) => {
    const moments = momentsOf(game).map(({ seq, at, moment }) => ({ seq, at, kind: KINDS[moment] }));
    const others = [
      ...(index % 5 === 0 ? [{ seq: 21, at: game.updatedAt - 90_000, kind: 'interval' as const }] : []),
      ...(index % 7 === 3 ? [{ seq: 33, at: game.updatedAt + MINUTE_MS, kind: 'manual' as const }] : []),
      ...(index % 23 === 9 ? [{ seq: 12, at: game.updatedAt - 30_000, kind: 'player' as const }] : []),
      ...(index % 31 === 4 ? [{ seq: 40, at: game.updatedAt + 2000, kind: 'pre_image' as const }] : []),
    ].filter(({ seq }) => seq <= game.seq);
    return [...moments, ...others].flatMap(({ seq, at, kind }, nth) => {
      if (!kind) return [];
      return {
        id: idOf(index, nth),
        game: game.id,
        room: game.roomId,
        kind,
        at: Math.min(at, NOW - 4000),
        version: '1',
        // One body of the second game is damaged.
        atSeq: index === 25 && nth === 9 ? null : seq,
        bytes: nth % CHAIN === 0 ? 1480 + ((index * 37) % 300) : 240 + ((index * 53 + nth * 97) % 380),
        expiresAt: game.updatedAt + KEPT_MS,
      };
    });
  });
}

/** What a service remembers of snapshots. */
export class MockSnapshots {
  readonly #rows: SnapshotRow[];

  constructor(empty: boolean) {
    this.#rows = empty ? [] : taken().sort(newestFirst);
  }

  /** Takes a snapshot; taking the same again makes no other. */
  create(game: string, seq: number | null): SnapshotCreated {
    const view = showGame({ id: game, seq, viewer: 'god', backup: null, snapshot: null });
    const atSeq = seq ?? view?.lastSeq ?? 0;
    const known = this.#rows.find((row) => row.game === game && row.kind === 'manual' && row.atSeq === atSeq);
    if (known) return { row: known, created: false };
    const row: SnapshotRow = {
      id: idOf(9000 + this.#rows.length, atSeq),
      game,
      room: view?.row.roomId ?? null,
      kind: 'manual',
      at: NOW,
      version: '1',
      atSeq,
      bytes: 1840,
      expiresAt: NOW + KEPT_MS,
    };
    this.#rows.unshift(row);
    return { row, created: true };
  }

  list(request: SnapshotListRequest): SnapshotPage {
    const all = this.#rows.filter((row) => fits(row, request));
    if (request.text && new Set(all.map(({ game }) => game)).size > NAMED) {
      const refused = refusal('invalid_request', `text: too many ids begin with ${request.text}`);
      throw { ...refused, context: { field: 'text' } };
    }
    const from = Number(request.cursor ?? 0);
    const next = from + request.limit;
    return {
      snapshots: all.slice(from, next),
      cursor: next < all.length ? String(next) : null,
      followedBy: null,
      total:
        request.cursor === null
          ? { count: Math.min(COUNTED, all.length), capped: all.length > COUNTED }
          : null,
    };
  }

  /** One of them; null when there is no such one. */
  show(id: string): SnapshotView | null {
    const row = this.#rows.find((candidate) => candidate.id === id);
    if (!row) return null;
    const series = this.#seriesOf(row.game);
    const nth = series.findIndex((moment) => moment.id === id);
    return {
      row,
      atSeq: row.atSeq ?? 0,
      base: nth % CHAIN === 0 ? null : (series[nth - 1]?.id ?? null),
      whole: row.kind !== 'player',
      document: documentOf(row),
    };
  }

  /** The game at the moment of one; null when there is no such one. */
  game(request: GameShowRequest & { snapshot: string }): GameView | null {
    const place = this.#place(request.snapshot);
    if (!place) return null;
    const seq = place.moments.find(({ id }) => id === place.id)?.seq ?? 1;
    const view = showGame({ ...request, seq, snapshot: null });
    return view && { ...view, snapshot: place, lastSeq: seq, events: [], findings: [] };
  }

  #place(id: string): SnapshotPlace | null {
    const row = this.#rows.find((candidate) => candidate.id === id);
    if (!row) return null;
    const moments = this.#seriesOf(row.game);
    const all = this.#rows.filter(({ game }) => game === row.game).length;
    const { kind, at } = row;
    return { id, kind, at, whole: kind !== 'player', moments, unreadable: all - moments.length };
  }

  #seriesOf(game: string) {
    return this.#rows
      .filter((row) => row.game === game)
      .flatMap(({ id, kind, at, atSeq }) => (atSeq === null ? [] : [{ id, kind, at, seq: atSeq }]))
      .sort((one, other) => one.seq - other.seq || one.at - other.at);
  }
}

function newestFirst(one: SnapshotRow, other: SnapshotRow): number {
  return other.at - one.at || (one.id < other.id ? 1 : -1);
}

function fits(row: SnapshotRow, { text, game, room, player, kinds, from, to }: SnapshotListRequest): boolean {
  const begins = (id: string | null) => id?.startsWith(text?.trim() ?? '') ?? false;
  return (
    (!text || begins(row.id) || begins(row.game) || begins(row.room)) &&
    (!game || row.game === game) &&
    (!room || row.room === room) &&
    (!player || PLAYERS.includes(player)) &&
    (kinds.length === 0 || kinds.includes(row.kind)) &&
    (from === null || row.at >= from) &&
    (to === null || row.at < to)
  );
}

function documentOf(row: SnapshotRow): JsonValue {
  return {
    snapshot_id: row.id,
    game_id: row.game,
    room_id: row.room,
    snapshot_type: row.kind,
    timestamp: row.at,
    game_state: {
      current_round: 3,
      mission_results: ['success', 'fail'],
      leader_index: 2,
      vote_track: 1,
      quest_track: 2,
    },
    players: PLAYERS.map((player_id, seat) => ({
      player_id,
      role: ROLES[seat]?.role ?? null,
      is_on_mission: seat % 3 === 1,
    })),
    votes: PLAYERS.map((player_id, seat) => ({
      round: 4,
      player_id,
      vote: seat % 2 === 0 ? 'approve' : 'reject',
    })),
    missions: [
      {
        mission_id: `${row.game}:1`,
        round: 1,
        players: PLAYERS.slice(0, 2),
        results: ['success', 'success'],
      },
    ],
    metadata: { version: row.version, snapshot_version: 1, additional_info: { at_seq: row.atSeq } },
  };
}

/** What a verification of all snapshots finds: a keyframe that is damaged, and a moment without one. */
export function verifiedSnapshots(repaired: boolean): SnapshotVerifyOutcome {
  const finding = { repairable: true, repaired };
  const findings: SnapshotFinding[] = [
    {
      ...finding,
      game: '01KAHMF00003IBXQZ',
      snapshot: idOf(25, 9),
      kind: 'team_assigned',
      fault: 'broken',
      rule: 'G-STATE-HASH',
      ...told('{problem}', { problem: 'object snapshot/… is damaged: the seal does not fit' }),
    },
    {
      ...finding,
      game: '01KAHMF00003IBXQZ',
      snapshot: idOf(25, 10),
      kind: 'mission_executed',
      fault: 'missing',
      rule: 'G-MOMENTS',
      ...told('no snapshot was taken after event {seq}', { seq: '52' }),
    },
  ];
  return { games: 24, snapshots: 336, problems: 2, repaired: repaired ? 2 : 0, findings };
}
