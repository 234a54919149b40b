import type { EventView, JsonValue, QuestView, SeatView } from '../../api/generated/types';
import { isJsonObject } from '../../shared/json';
import {
  ASSASSIN,
  FAILS_NEEDED,
  NICKS,
  PLAYERS,
  type Quest,
  ROLES,
  RULES,
  TARGET,
  TEAM_SIZES,
} from './game-script';

/** What the table looks like after one event. */
export interface Frame {
  event: EventView;
  /** Whether only the engine's own view may show this event's payload. */
  secret: boolean;
  phase: string;
  quest: number;
  attempt: number;
  voteTrack: number;
  seats: SeatView[];
  quests: QuestView[];
  winner: 'good' | 'evil' | null;
  reason: string | null;
}

type Table = Omit<Frame, 'event' | 'secret'>;

const STEP_MS = 4200;

/** Plays quests, three of which succeed, to the assassin's miss and keeps the table after each event; times count from 0. */
export function playScript(quests: Quest[]): Frame[] {
  const frames: Frame[] = [];
  const table = freshTable();
  const push = (kind: string, payload: JsonValue, moment: string | null = null, secret = false) => {
    const seq = frames.length + 1;
    frames.push({
      ...structuredClone(table),
      event: { seq, kind, at: seq * STEP_MS, actor: actorOf(payload), moment, payload },
      secret,
    });
  };

  push('GameCreated', { n: PLAYERS.length, seats: PLAYERS, profile: RULES, rulesVersion: '1' }, 'K1');
  table.phase = 'DEALT';
  for (const seat of table.seats) Object.assign(seat, ROLES[seat.seat]);
  push('RolesAssigned', { roles: byPlayer((seat) => ROLES[seat]?.role ?? ''), firstLeader: 0 }, 'K2', true);
  for (const [index, quest] of quests.entries()) playQuest(table, push, index, quest);
  assassinate(table, push);
  return frames;
}

type Push = (kind: string, payload: JsonValue, moment?: string | null, secret?: boolean) => void;

function freshTable(): Table {
  return {
    phase: 'LOBBY',
    quest: 0,
    attempt: 0,
    voteTrack: 0,
    winner: null,
    reason: null,
    seats: PLAYERS.map((playerId, seat) => ({
      seat,
      playerId,
      nick: NICKS[seat] ?? null,
      role: null,
      side: null,
      mark: null,
      leader: false,
      onTeam: false,
      vote: null,
      voted: false,
      card: null,
      played: false,
      lady: false,
      excalibur: false,
      connected: seat !== 6,
    })),
    quests: TEAM_SIZES.map((teamSize, index) => ({
      quest: index + 1,
      teamSize,
      failsNeeded: FAILS_NEEDED[index] ?? 1,
      result: null,
      fails: null,
      team: [],
    })),
  };
}

function playQuest(table: Table, push: Push, index: number, { proposals, fails }: Quest): void {
  const q = index + 1;
  const first = proposals[0];
  Object.assign(table, { phase: 'TEAM_BUILDING', quest: q, attempt: 1, voteTrack: 0 });
  clearTable(table);
  lead(table, first?.leader ?? 0);
  push(
    'QuestStarted',
    {
      q,
      leaderSeat: first?.leader ?? 0,
      teamSize: TEAM_SIZES[index] ?? 0,
      failsNeeded: FAILS_NEEDED[index] ?? 1,
    },
    'K3',
  );
  for (const [place, proposal] of proposals.entries()) propose(table, push, q, place + 1, proposal);
  const team = proposals.at(-1)?.team ?? [];
  playCards(table, push, q, team, fails);
}

function propose(
  table: Table,
  push: Push,
  q: number,
  a: number,
  { leader, team, approvals }: Quest['proposals'][number],
): void {
  clearTable(table);
  lead(table, leader);
  Object.assign(table, { phase: 'TEAM_VOTING', attempt: a });
  for (const seat of table.seats) seat.onTeam = team.includes(seat.seat);
  push('TeamProposed', { q, a, leader, team: team.map((seat) => PLAYERS[seat] ?? '') });
  for (const seat of table.seats) {
    seat.vote = approvals.includes(seat.seat);
    seat.voted = true;
    push(
      'TeamVoteCast',
      { q, a, playerId: seat.playerId, vote: seat.vote ? 'approve' : 'reject' },
      null,
      true,
    );
  }
  const approved = approvals.length > PLAYERS.length / 2;
  Object.assign(table, {
    phase: approved ? 'QUEST' : 'TEAM_BUILDING',
    voteTrack: approved ? 0 : table.voteTrack + 1,
  });
  push(
    'TeamVoteClosed',
    {
      q,
      a,
      votes: byPlayer((seat) => (approvals.includes(seat) ? 'approve' : 'reject')),
      approvals: approvals.length,
      result: approved ? 'approved' : 'rejected',
      voteTrackAfter: table.voteTrack,
      nextLeader: (leader + 1) % PLAYERS.length,
    },
    approved ? 'K4' : null,
  );
}

function playCards(table: Table, push: Push, q: number, team: number[], fails: number[]): void {
  for (const member of team) {
    const seat = table.seats[member];
    if (!seat) continue;
    seat.card = !fails.includes(member);
    seat.played = true;
    push(
      'MissionCardPlayed',
      { q, playerId: seat.playerId, card: seat.card ? 'success' : 'fail' },
      null,
      true,
    );
  }
  const token = table.quests[q - 1];
  if (!token) return;
  const failed = fails.length >= token.failsNeeded;
  Object.assign(token, { result: failed ? 'fail' : 'success', fails: fails.length, team });
  push(
    'MissionResolved',
    { q, fails: fails.length, failsNeeded: token.failsNeeded, result: failed ? 'fail' : 'success' },
    'K5',
  );
}

function assassinate(table: Table, push: Push): void {
  clearTable(table);
  table.phase = 'ASSASSINATION';
  push('AssassinationStarted', { assassinId: PLAYERS[ASSASSIN] ?? '' }, 'K6');
  push('AssassinTargetNamed', { assassinId: PLAYERS[ASSASSIN] ?? '', targetId: PLAYERS[TARGET] ?? '' });
  Object.assign(table, { phase: 'ENDED', winner: 'good', reason: 'assassination_miss' });
  push(
    'GameEnded',
    {
      winner: 'good',
      reason: 'assassination_miss',
      S: 3,
      F: table.quests.filter(({ result }) => result === 'fail').length,
      roles: byPlayer((seat) => ROLES[seat]?.role ?? ''),
    },
    'K7',
  );
}

function clearTable(table: Table): void {
  for (const seat of table.seats) {
    Object.assign(seat, { onTeam: false, vote: null, voted: false, card: null, played: false });
  }
}

function lead(table: Table, leader: number): void {
  for (const seat of table.seats) seat.leader = seat.seat === leader;
}

function byPlayer(value: (seat: number) => string): { [key in string]: string } {
  return Object.fromEntries(PLAYERS.map((player, seat) => [player, value(seat)]));
}

function actorOf(payload: JsonValue): string {
  if (!isJsonObject(payload)) return 'system';
  const actor = payload.playerId ?? payload.assassinId;
  return typeof actor === 'string' ? actor : 'system';
}
