import type {
  BisectRequest,
  BisectView,
  DiffNode,
  DiffRequest,
  DiffSide,
  DiffView,
  GameAt,
  GameShowRequest,
  GameView,
  WeightedFact,
} from '../../api/generated/types';
import { showGame } from './games';

/** Shows a game, out of a snapshot too. */
type Show = (request: GameShowRequest) => GameView | null;

/** What differs between two moments: facts as the engine would tell them, not computed here. */
export function diffGames({ before, after, viewer }: DiffRequest, show: Show): DiffView | null {
  const [old, now] = [sideOf(before, viewer, show), sideOf(after, viewer, show)];
  if (!old || !now) return null;
  const same =
    old.seq === now.seq &&
    old.row.id === now.row.id &&
    JSON.stringify(old.place.whatIf) === JSON.stringify(now.place.whatIf);
  const decided = old.state !== null && now.state !== null && !same && now.seq === now.lastSeq;
  return {
    viewer,
    sameGame: old.row.id === now.row.id,
    outcome: { winner: decided, statistics: decided, rating: decided },
    facts: same ? [] : FACTS.filter(({ weight }) => decided || weight !== 'outcome'),
    structure: same ? STRUCTURE.map(sameNode) : STRUCTURE,
    before: old,
    after: now,
  };
}

function sideOf({ game, seq, ...place }: GameAt, viewer: string, show: Show): DiffSide | null {
  const view = show({ id: game, seq, viewer, ...place });
  if (!view) return null;
  return {
    row: view.row,
    backup: place.backup,
    snapshot: view.snapshot,
    place,
    seq: view.seq,
    lastSeq: view.lastSeq,
    event: view.events.find((event) => event.seq === view.seq) ?? null,
    moments: view.events.flatMap(({ seq: at, moment }) => (moment ? [{ seq: at, moment }] : [])),
    seats: view.seats,
    state: view.state,
  };
}

const FACTS: WeightedFact[] = [
  {
    weight: 'course',
    fact: {
      kind: 'proposal',
      quest: 3,
      attempt: 2,
      leader: { before: 1, after: 2 },
      team: { before: [1, 4, 6], after: [1, 4, 5] },
      excaliburTo: null,
      votes: [
        { seat: 2, before: 'reject', after: 'approve' },
        { seat: 5, before: 'reject', after: 'approve' },
      ],
      voted: null,
      tally: { before: { approvals: 3, rejections: 4 }, after: { approvals: 5, rejections: 2 } },
      result: { before: 'rejected', after: 'approved' },
    },
  },
  {
    weight: 'course',
    fact: {
      kind: 'quest',
      quest: 3,
      team: { before: null, after: [1, 4, 5] },
      cards: [
        { seat: 1, before: null, after: 'success' },
        { seat: 4, before: null, after: 'fail' },
        { seat: 5, before: null, after: 'success' },
      ],
      played: null,
      excalibur: null,
      decided: null,
      switched: null,
      fails: { before: null, after: 1 },
      result: { before: null, after: 'fail' },
    },
  },
  {
    weight: 'outcome',
    fact: {
      kind: 'winner',
      winner: { before: null, after: 'good' },
      reason: { before: null, after: 'assassination_miss' },
    },
  },
  {
    weight: 'course',
    fact: {
      kind: 'phase',
      phase: { before: 'TEAM_VOTING', after: 'ENDED' },
      quest: { before: 3, after: 5 },
      attempt: { before: 2, after: 1 },
    },
  },
  { weight: 'course', fact: { kind: 'leader', leader: { before: 1, after: 5 } } },
  {
    weight: 'cosmetic',
    fact: {
      kind: 'connection',
      seat: 3,
      connected: { before: true, after: false },
      bot: null,
      acknowledged: null,
    },
  },
];

function leaf(name: string, before: string | null, after: string | null): DiffNode {
  const type = (text: string | null) =>
    text === null ? null : text === 'null' ? 'null' : text.startsWith('"') ? 'string' : 'number';
  const kind = before === after ? 'same' : before === null ? 'added' : after === null ? 'removed' : 'changed';
  return { name, kind, before, after, beforeType: type(before), afterType: type(after), members: [] };
}

function branch(name: string, type: 'object' | 'array', members: DiffNode[]): DiffNode {
  return {
    name,
    kind: 'changed',
    before: null,
    after: null,
    beforeType: type,
    afterType: type,
    members,
  };
}

const STRUCTURE: DiffNode[] = [
  leaf('phase', '"TEAM_VOTING"', '"ENDED"'),
  leaf('quest', '3', '5'),
  leaf('roomId', '"room-0412"', '"room-0412"'),
  branch('quests', 'array', [
    branch('2', 'object', [
      leaf('teamSize', '3', '3'),
      leaf('result', 'null', '"fail"'),
      branch('team', 'array', [leaf('0', null, '1'), leaf('1', null, '4'), leaf('2', null, '5')]),
    ]),
  ]),
  leaf('winner', 'null', '"good"'),
];

function sameNode(node: DiffNode): DiffNode {
  const after = node.members.length > 0 ? null : (node.before ?? node.after);
  return {
    ...node,
    kind: 'same',
    before: after,
    after,
    beforeType: node.beforeType ?? node.afterType,
    afterType: node.beforeType ?? node.afterType,
    members: node.members.map(sameNode),
  };
}

/** Three events at which a member changed. */
export function bisectGame({ game, wanted, ...seen }: BisectRequest): BisectView | null {
  const view = showGame({ id: game, seq: null, ...seen });
  if (!view) return null;
  const steps = view.events.filter(({ moment }) => moment !== null).slice(0, 3);
  return {
    wanted,
    lastSeq: view.lastSeq,
    steps: steps.map(({ seq, kind, at }, index) => ({
      seq,
      event: kind,
      at,
      before: index === 0 ? null : String(index - 1),
      after: String(index),
      detail: null,
      sentence: null,
    })),
  };
}
