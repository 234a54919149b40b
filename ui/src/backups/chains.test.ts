import { describe, expect, it } from 'vitest';
import type { BackupView } from '../api';
import { placeChains } from './chains';

const set = (id: string, method: BackupView['method'], base: string | null = null) =>
  ({ id, method, base }) as BackupView;

describe('the drawing of chains', () => {
  it('puts a full and what stands on it into one column', () => {
    const places = placeChains([
      set('c', 'incremental', 'b'),
      set('b', 'incremental', 'a'),
      set('a', 'full'),
    ]);
    expect(places.map(({ lane }) => lane)).toEqual([0, 0, 0]);
    expect(places.map(({ above, below }) => [above, below])).toEqual([
      [false, true],
      [true, true],
      [true, false],
    ]);
  });

  it('puts chains that overlap side by side and uses a free column again', () => {
    const places = placeChains([
      set('f', 'full'),
      set('e', 'incremental', 'c'),
      set('d', 'differential', 'a'),
      set('c', 'synthetic', 'b'),
      set('b', 'incremental', 'a'),
      set('a', 'full'),
    ]);
    expect(places.map(({ lane }) => lane)).toEqual([0, 0, 1, 0, 1, 1]);
    expect(places[2]?.passing).toEqual([0]);
    expect(places[3]?.passing).toEqual([1]);
    expect(places[0]?.passing).toEqual([]);
  });

  it('lets what stands on a removed set begin a chain', () => {
    const [place] = placeChains([set('b', 'incremental', 'gone')]);
    expect(place).toEqual({ lane: 0, passing: [], above: false, below: false });
  });
});
