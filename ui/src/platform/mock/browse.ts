import type {
  BackupDetail,
  BrowseCollection,
  BrowsePage,
  BrowseRequest,
  DocumentRow,
  DocumentView,
  TreeNode,
} from '../../api/generated/types';
import { NOW } from './instant';

/** Documents that a page of the mock looks at. */
const SCANNED = 50_000;

type Value = string | number | boolean | null | Value[] | { [name: string]: Value };

/** What a set of the mock holds. */
export function collectionsOf({ parts }: BackupDetail): BrowseCollection[] {
  return parts.flatMap((part) => [
    ...part.collections.map(({ name, documents, bytes }) => ({
      class: part.class,
      name,
      content: 'documents' as const,
      documents,
      bytes,
    })),
    ...(part.redisKeys > 0
      ? [
          {
            class: part.class,
            name: '$redis',
            content: 'keys' as const,
            documents: part.redisKeys,
            bytes: part.redisKeys * 1480,
          },
        ]
      : []),
  ]);
}

const padded = (number: number, length: number) => String(number).padStart(length, '0');
const PHASES = ['TEAM_BUILDING', 'VOTING', 'QUEST', 'ASSASSINATION'];
const EVENTS = ['TeamProposed', 'VoteCast', 'VotesRevealed', 'QuestCardPlayed', 'QuestResolved'];

function documentAt(collection: string, at: number): [string, Value] {
  const game = `01KAHMF${padded(at % 1240, 8)}QZ`;
  switch (collection) {
    case 'users':
      return [
        `P${padded(at, 6)}`,
        {
          nick: `Knight ${at}`,
          rating: 1200 + ((at * 37) % 400),
          games: at % 90,
          wins: at % 41,
          createdAt: NOW - at,
        },
      ];
    case 'game_history':
      return [
        game,
        {
          roomId: `R${padded(at % 318, 4)}`,
          winner: at % 3 ? 'good' : 'evil',
          reason: at % 3 ? 'three_successes' : 'assassination',
          endedAt: NOW - at * 61_000,
          lastSeq: 62 + (at % 40),
          missions: [
            { quest: 1, result: 'success' },
            { quest: 2, result: at % 3 ? 'success' : 'fail' },
          ],
          seats: Array.from({ length: 5 }, (_, seat) => ({
            seat,
            playerId: `P${padded(at + seat, 6)}`,
            role: ['MERLIN', 'PERCIVAL', 'LOYAL', 'MORGANA', 'ASSASSIN'][seat] ?? 'LOYAL',
          })),
        },
      ];
    case 'game_events':
      return [
        `01KAHMG${padded(at, 8)}EV`,
        {
          gameId: game,
          seq: 1 + (at % 62),
          type: EVENTS[at % EVENTS.length] ?? 'VoteCast',
          actor: `P${padded(at % 400, 6)}`,
          ts: NOW - at * 900,
          payload: { quest: 1 + (at % 5), vote: at % 2 ? 'approve' : 'reject' },
        },
      ];
    case 'games':
      return [
        game,
        {
          roomId: `R${padded(at, 4)}`,
          seq: 40 + at,
          phase: PHASES[at % 4] ?? 'QUEST',
          epoch: 1,
          updatedAt: NOW - at * 400,
        },
      ];
    default:
      return [
        `${collection}-${padded(at, 5)}`,
        { updatedAt: NOW - at * 1000, version: 1 + (at % 9), value: at % 2 === 0 },
      ];
  }
}

function keyAt(at: number): [string, Value] {
  const kind = ['owner', 'state', 'events'][at % 3] ?? 'owner';
  const value: Value =
    kind === 'owner'
      ? [
          ['epoch', '4'],
          ['instance', 'table-2'],
        ]
      : kind === 'state'
        ? '{"phase":"QUEST"}'
        : { entries: [] };
  return [`game:{01KAHMF${padded(Math.floor(at / 3), 8)}QZ}:${kind}`, value];
}

function kindOf(name: string, value: Value): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number')
    return name === 'seq' || name.endsWith('At') || name === 'ts' ? 'long' : 'int';
  return { string: 'string', boolean: 'bool', object: 'object' }[typeof value as 'string'] ?? 'string';
}

function textOf(value: Value): string {
  if (Array.isArray(value)) return `[${value.length}]`;
  if (value !== null && typeof value === 'object') return `{${Object.keys(value).length}}`;
  return String(value);
}

function treeOf(value: Value): TreeNode[] {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).map(([name, child]) => ({
    name,
    kind: kindOf(name, child as Value),
    text: textOf(child as Value),
    children: treeOf(child as Value),
  }));
}

function extended(name: string, value: Value): unknown {
  if (typeof value === 'number')
    return kindOf(name, value) === 'long' ? { $numberLong: String(value) } : { $numberInt: String(value) };
  if (Array.isArray(value)) return value.map((one) => extended('', one));
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([inner, one]) => [inner, extended(inner, one)]));
  return value;
}

function rowOf(collection: string, at: number): DocumentRow {
  const keys = collection === '$redis';
  const [id, value] = keys ? keyAt(at) : documentAt(collection, at);
  const bytes = JSON.stringify(value).length + 40;
  const shown: [string, Value][] = keys
    ? [
        ['type', Array.isArray(value) ? 'hash' : typeof value === 'string' ? 'string' : 'stream'],
        ['value', value],
      ]
    : Object.entries(value as Record<string, Value>);
  return {
    key: `${collection}.${at}`,
    id: keys ? id : JSON.stringify(id),
    bytes,
    fields: shown.map(([name, one]) => ({ name, kind: kindOf(name, one), text: textOf(one) })),
    json: null,
  };
}

/** A page of the mock: ids are looked up, anything else is looked through. */
export function browsePage(held: BrowseCollection[], request: BrowseRequest): BrowsePage {
  const { collection, class: name, game, player, filters, cursor, limit } = request;
  const total = held.find((one) => one.name === collection && one.class === name)?.documents ?? 0;
  const from = cursor === null ? 0 : Number(cursor.split('.')[1]);
  const [filter] = filters;
  const fits = (row: DocumentRow, value: Value) => {
    const text = `${row.id} ${JSON.stringify(value)}`;
    if ((game && !text.includes(game)) || (player && !text.includes(player))) return false;
    if (!filter) return true;
    const wanted = filter.value.replace(/\*$/, '');
    if (filter.field === '_id') return row.id.replaceAll('"', '').startsWith(wanted);
    return row.fields.some((field) => field.name === filter.field && field.text === wanted);
  };
  const documents: DocumentRow[] = [];
  let at = from;
  for (; at < total && documents.length < limit && at - from < SCANNED; at += 1) {
    const row = rowOf(collection, at);
    const [, value] = collection === '$redis' ? keyAt(at) : documentAt(collection, at);
    if (fits(row, value)) documents.push(row);
  }
  const byKey = filter?.field === '_id';
  return {
    documents,
    cursor: at < total && !byKey ? `${collection}.${at}` : null,
    scanned: byKey ? documents.length : at - from,
    scannedBytes: (at - from) * 310,
    total,
    byKey,
  };
}

/** One document of the mock. */
export function documentOf(collection: string, key: string): DocumentView {
  const at = Number(key.split('.')[1]);
  const row = rowOf(collection, at);
  const keys = collection === '$redis';
  const [id, value] = keys ? keyAt(at) : documentAt(collection, at);
  const whole: Value = keys ? { key: id, value } : { _id: id, ...(value as Record<string, Value>) };
  const game = collection === 'game_history' || collection === 'games' ? id : null;
  const ofEvent = collection === 'game_events' ? (value as { gameId: string }).gameId : null;
  return {
    key,
    id: row.id,
    bytes: row.bytes,
    json: JSON.stringify(keys ? whole : extended('', whole)),
    tree: treeOf(whole),
    cut: false,
    game: game ?? ofEvent,
  };
}
