import { describe, expect, it } from 'vitest';
import { BUILT_IN, queryOf, requestOf, searchOf, withView } from './filters';

describe('filters of snapshots', () => {
  it('are the same after they were kept as a text', () => {
    const search = {
      text: '01KA',
      game: 'G 1',
      room: 'room&7',
      player: '玩家',
      kinds: ['game_over', 'manual'] as const,
      from: 1000,
      to: 2000,
    };
    const query = queryOf({ ...search, kinds: [...search.kinds] });
    expect(searchOf(query)).toMatchObject(search);
    expect(queryOf(searchOf(query))).toBe(query);
    for (const built of Object.values(BUILT_IN)) expect(queryOf(searchOf(built))).toBe(built);
  });

  it('drop what this window does not know', () => {
    expect(queryOf(searchOf('range=9y&kinds=nothing&from=x'))).toBe('');
  });

  it('ask for times before now by a range, and else for those that are named', () => {
    expect(requestOf({ range: '1h' }, 10_000_000).from).toBe(6_400_000);
    expect(requestOf({ from: 5, to: 9 }, 10_000_000)).toMatchObject({ from: 5, to: 9 });
    expect(requestOf({}, 10_000_000)).toMatchObject({ from: null, to: null, kinds: [] });
  });

  it('are kept under a name once', () => {
    const views = [{ name: 'a', query: '1' }];
    expect(withView(views, 'a', { name: 'b', query: '1' })).toEqual([{ name: 'b', query: '1' }]);
    expect(withView(views, 'c', { name: 'c', query: '2' })).toHaveLength(2);
  });
});
