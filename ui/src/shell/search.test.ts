import { describe, expect, it } from 'vitest';
import { browseSearch, diffSearch, gameSearch, restoreSearch, rootSearch } from './search';

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

  it('keep where a game is read and what is to be otherwise in it', () => {
    const skip = { seq: 20, change: { kind: 'skip' } };
    const set = { seq: 31, change: { kind: 'set', payload: { vote: 'reject' } } };
    expect(gameSearch({ file: 'a3f1', log: true, whatIf: [set, skip] })).toMatchObject({
      file: 'a3f1',
      log: true,
      whatIf: [skip, set],
    });
    expect(diffSearch({ toWhatIf: [set], fromLog: true })).toMatchObject({ toWhatIf: [set], fromLog: true });
  });

  it('drop edits that cannot be, and all but the last of one event', () => {
    const broken = [
      'skip',
      { seq: '20', change: { kind: 'skip' } },
      { seq: 0, change: { kind: 'skip' } },
      { seq: 2.5, change: { kind: 'skip' } },
      { seq: 3, change: { kind: 'invent' } },
      { seq: 4, change: { kind: 'set', payload: ['reject'] } },
      { seq: 5 },
    ];
    expect(gameSearch({ whatIf: broken, log: 'yes' })).toMatchObject({ whatIf: undefined, log: undefined });
    expect(gameSearch({ whatIf: { seq: 1 } }).whatIf).toBeUndefined();
    const twice = [
      { seq: 6, change: { kind: 'skip' } },
      { seq: 6, change: { kind: 'set', payload: { vote: 'reject' } } },
    ];
    expect(gameSearch({ whatIf: twice }).whatIf).toEqual([twice[1]]);
  });

  it('keeps the place inside a backup and drops what no collection can be', () => {
    const raw = { class: 'history', collection: 'game_events', where: 'seq=3', key: 'AA.0', tab: 'json' };
    expect(browseSearch(raw)).toMatchObject(raw);
    expect(browseSearch({ class: 'nothing', tab: 7, where: '' })).toEqual({});
  });
});
