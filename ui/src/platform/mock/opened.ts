import type { GameRow, OpenedFile, OpenedGame, OpenRequest } from '../../api/generated/types';
import { NOW } from './instant';

/** What the games of the file that can be opened are asked for by. */
const FILE = 'a3f19c02d4e7b851';
const EVENTS = 88;
const DAY = 86_400_000;

function row(id: string, days: number, more: Partial<GameRow>): GameRow {
  return {
    id,
    roomId: `table-${days}`,
    status: 'finished',
    players: 7,
    phase: 'ENDED',
    quest: 4,
    quests: ['success', 'fail', 'success', 'success'],
    voteTrack: 0,
    seq: EVENTS,
    startedAt: NOW - days * DAY - 2_400_000,
    updatedAt: NOW - days * DAY,
    winner: 'good',
    reason: 'assassination_miss',
    ...more,
  };
}

const NOTHING = { votes: 0, cards: 0, target: false, times: false };

const GAMES: OpenedGame[] = [
  { row: row('record-5c81d0f2', 12, {}), broken: 0, unknown: { ...NOTHING, cards: 12, times: true } },
  {
    row: row('record-7e40aa93', 11, {
      quests: ['fail', 'success', 'fail', 'fail'],
      winner: 'evil',
      reason: 'three_fails',
    }),
    broken: 2,
    unknown: { votes: 7, cards: 13, target: true, times: true },
  },
  { row: row('record-90b7e6c4', 9, {}), broken: 0, unknown: NOTHING },
];

/** An opened file with three games; null where the text holds none. */
export function openFile({ name, text }: OpenRequest): OpenedFile | null {
  if (!text.includes('{')) return null;
  return {
    file: FILE,
    name,
    form: 'proavalon',
    games: GAMES,
    unreadable: ['record 4: it has 4 players, and a game has 5 to 10', 'record 9: the winner is missing'],
  };
}

/** A game of the file; null where the file is not the one that is open. */
export function openedRow(file: string, game: string): GameRow | null | undefined {
  if (file !== FILE) return null;
  return GAMES.find(({ row: { id } }) => id === game)?.row;
}
