import { describe, expect, it } from 'vitest';
import { browseSearch, gameSearch, restoreSearch, rootSearch } from './search';

describe('addresses', () => {
  it('drop what they cannot read', () => {
    expect(rootSearch({ dialog: 'nonsense' })).toEqual({ dialog: undefined });
    expect(gameSearch({ seq: '-3', viewer: '', tab: 'x' })).toEqual({
      seq: undefined,
      viewer: undefined,
      tab: undefined,
    });
  });

  it('keep a wizard where it was', () => {
    const kept = {
      backup: '01KA',
      classes: ['history'],
      step: 'plan',
      database: 'copy',
      whole: true,
      job: undefined,
    };
    expect(restoreSearch(kept)).toEqual(kept);
  });

  it('know only the six classes', () => {
    expect(restoreSearch({ classes: ['history', 'secrets'] }).classes).toEqual(['history']);
    expect(restoreSearch({ classes: ['secrets'] }).classes).toBeUndefined();
  });

  it('keeps the place inside a backup and drops what no collection can be', () => {
    const raw = { class: 'history', collection: 'game_events', where: 'seq=3', key: 'AA.0', tab: 'json' };
    expect(browseSearch(raw)).toMatchObject(raw);
    expect(browseSearch({ class: 'nothing', tab: 7, where: '' })).toEqual({});
  });
});
