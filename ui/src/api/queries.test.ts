import { beforeEach, describe, expect, it } from 'vitest';
import { replacePlatform } from '../platform';
import { createMockPlatform } from '../platform/mock';
import { call } from './call';
import type { GameShowRequest, GameView } from './generated/types';
import { createQueryClient, gameOptions } from './queries';

/** What was asked for, and how many events the game has gone on by since. */
let asked: GameShowRequest[] = [];
let goneOn = 0;

function request(id: string, seq: number | null): GameShowRequest {
  return { id, seq, viewer: 'god', backup: null, snapshot: null };
}

describe('a game at one moment', () => {
  let id = '';

  beforeEach(async () => {
    const mock = createMockPlatform();
    replacePlatform({
      ...mock,
      call: async (operation, wanted) => {
        const answer = await mock.call(operation, wanted);
        if (operation !== 'game.show') return answer;
        asked.push(wanted as GameShowRequest);
        const view = answer as GameView;
        return { ...view, lastSeq: view.lastSeq + goneOn };
      },
    });
    const page = await call('game.list', { status: 'finished', search: '', cursor: null, limit: 1 });
    id = page.games[0]?.id ?? '';
    asked = [];
    goneOn = 0;
  });

  it('is what the whole answer tells of it, and the events are read once', async () => {
    const client = createQueryClient();
    for (const seq of [5, 6, 7]) {
      const view = await client.fetchQuery(gameOptions(request(id, seq)));
      expect(view).toEqual(await call('game.show', request(id, seq)));
      asked.pop();
    }
    expect(asked.filter(({ momentOnly }) => !momentOnly)).toHaveLength(1);
    expect(asked.filter(({ momentOnly }) => momentOnly).map(({ seq }) => seq)).toEqual([5, 6, 7]);
  });

  it('has the events read again when the game has gone on', async () => {
    const client = createQueryClient();
    const before = await client.fetchQuery(gameOptions(request(id, 5)));
    goneOn = 1;
    const after = await client.fetchQuery(gameOptions(request(id, 6)));
    expect(after.lastSeq).toBe(before.lastSeq + 1);
    expect(asked.filter(({ momentOnly }) => !momentOnly)).toHaveLength(2);
  });
});
