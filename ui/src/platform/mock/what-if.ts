import type {
  AlternativesView,
  DroppedEvent,
  Edit,
  EventOrigin,
  JsonValue,
  WeightedFact,
  WhatIfView,
} from '../../api/generated/types';
import type { Frame } from './game-log';
import { PLAYERS } from './game-script';
import { invalid } from './refusal';
import { told } from './told';

/** An event of a course with the table after it. */
interface Step {
  frame: Frame;
  origin: EventOrigin;
}

interface Course {
  steps: Step[];
  view: WhatIfView;
}

/** What the service makes of what players do. */
const SERVICE = new Set(['TeamVoteClosed', 'MissionResolved', 'QuestStarted', 'GameEnded']);

/**
 * A course as the engine would tell it, not computed: what follows an edit in its quest is derived,
 * and with the next quest the log no longer fits.
 */
export function courseOf(frames: Frame[], edits: Edit[]): Course {
  const missing = edits.find(({ seq }) => !frames.some(({ event }) => event.seq === seq));
  if (missing) throw invalid('whatIf', `the log has no event ${missing.seq}`);
  const from = Math.min(...edits.map(({ seq }) => seq));
  const steps: Step[] = [];
  const dropped: DroppedEvent[] = [];
  let over = false;
  for (const frame of frames) {
    const { seq, kind } = frame.event;
    const edit = edits.find((candidate) => candidate.seq === seq);
    if (over) {
      dropped.push({ seq, kind, ...misfit(kind) });
    } else if (edit?.change.kind === 'skip') {
      dropped.push({ seq, kind, rule: null, ...told('an edit took it out') });
    } else if (edit) {
      steps.push({
        frame: withPayload(frame, edit.change.payload),
        origin: { origin: 'changed', of: seq },
      });
    } else {
      const derived = seq > from && SERVICE.has(kind);
      steps.push({ frame, origin: { origin: derived ? 'derived' : 'log', of: seq } });
      over = derived && kind === 'QuestStarted';
    }
  }
  const leader = steps.at(-1)?.frame.seats.findIndex((seat) => seat.leader) ?? 0;
  return {
    steps,
    view: {
      edits,
      from,
      dropped,
      waits: over ? { turn: 'propose', seats: [Math.max(0, leader)] } : { turn: 'over', seats: [] },
      outcome: { winner: over, statistics: over, rating: over },
      facts: over ? FACTS : [],
    },
  };
}

function misfit(kind: string): Omit<DroppedEvent, 'seq' | 'kind'> {
  const seat = (place: string) => ({ form: 'seat {seat}', values: { seat: place } });
  return kind === 'TeamProposed'
    ? {
        rule: 'L-ONLY-LEADER',
        ...told('{actor} proposed, {seat} leads', { actor: PLAYERS[4] ?? '', seat: seat('3') }),
      }
    : {
        rule: 'E-FSM',
        ...told('{event} in {phase}({quest},{attempt})', {
          event: kind,
          phase: 'TEAM_BUILDING',
          quest: '2',
          attempt: '1',
        }),
      };
}

function withPayload(frame: Frame, patch: JsonValue): Frame {
  const payload = { ...(frame.event.payload as object), ...(patch as object) };
  return { ...frame, event: { ...frame.event, payload } };
}

const FACTS: WeightedFact[] = [
  {
    weight: 'outcome',
    fact: {
      kind: 'winner',
      winner: { before: 'good', after: null },
      reason: { before: 'assassination_miss', after: null },
    },
  },
  {
    weight: 'statistic',
    fact: {
      kind: 'quest',
      quest: 2,
      team: { before: [2, 3, 4], after: [1, 2, 4] },
      cards: [{ seat: 4, before: 'fail', after: 'success' }],
      played: null,
      excalibur: null,
      decided: null,
      switched: null,
      fails: { before: 1, after: 0 },
      result: { before: 'fail', after: 'success' },
    },
  },
  {
    weight: 'course',
    fact: {
      kind: 'phase',
      phase: { before: 'ENDED', after: 'TEAM_BUILDING' },
      quest: { before: 4, after: 3 },
      attempt: null,
    },
  },
];

/** What follows from what players did. */
const DERIVED = new Set(['QuestStarted', 'TeamVoteClosed', 'MissionResolved', 'AssassinationStarted']);

/** What the rules would allow in the place of an event; none where it does not exist. */
export function alternativesOf(frames: Frame[], seq: number): AlternativesView | null {
  const frame = frames.find(({ event }) => event.seq === seq);
  if (!frame) return null;
  const { kind, payload } = frame.event;
  const payloads = othersOf(frame, payload as Members);
  return { seq, kind, payload, payloads, followsAgain: DERIVED.has(kind) };
}

type Members = { [key in string]: JsonValue };

function othersOf(frame: Frame, payload: Members): JsonValue[] {
  const other = (members: Members) => ({ ...payload, ...members });
  switch (frame.event.kind) {
    case 'TeamVoteCast':
      return [other({ vote: payload.vote === 'approve' ? 'reject' : 'approve' })];
    case 'MissionCardPlayed': {
      const seat = frame.seats.find(({ playerId }) => playerId === payload.playerId);
      return seat?.side === 'evil' ? [other({ card: payload.card === 'fail' ? 'success' : 'fail' })] : [];
    }
    case 'TeamProposed': {
      const own = payload.team as string[];
      return teamsOf(own.length, PLAYERS)
        .filter((team) => team.some((player) => !own.includes(player)))
        .map((team) => other({ team }));
    }
    case 'AssassinTargetNamed':
      return frame.seats
        .filter(({ side, playerId }) => side === 'good' && playerId !== payload.targetId)
        .map(({ playerId }) => other({ targetId: playerId }));
    default:
      return [];
  }
}

/** All teams of a size, in order of seats. */
function teamsOf(size: number, players: string[]): string[][] {
  if (size === 0) return [[]];
  return players.flatMap((player, index) =>
    teamsOf(size - 1, players.slice(index + 1)).map((rest) => [player, ...rest]),
  );
}
