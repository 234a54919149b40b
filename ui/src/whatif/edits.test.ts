import { expect, test } from 'vitest';
import type { Edit } from '../api';
import { logSeqOf, patchBetween, withEdit, withoutEdit } from './edits';

const skip = (seq: number): Edit => ({ seq, change: { kind: 'skip' } });

test('an event has one edit, and the last one goes with the list', () => {
  const set: Edit = { seq: 20, change: { kind: 'set', payload: { vote: 'reject' } } };
  expect(withEdit([skip(20), skip(31)], set)).toEqual([set, skip(31)]);
  expect(withEdit([skip(31)], skip(20))).toEqual([skip(20), skip(31)]);
  expect(withoutEdit([set, skip(31)], 20)).toEqual([skip(31)]);
  expect(withoutEdit([set], 20)).toBeUndefined();
});

test('an edit names only the members that it changes', () => {
  const payload = { q: 1, team: ['a', 'b'], excaliburTo: 'a' };
  expect(patchBetween(payload, { q: 1, team: ['a', 'c'], excaliburTo: 'a' })).toEqual({ team: ['a', 'c'] });
  expect(patchBetween(payload, { q: 1, team: ['a', 'b'] })).toEqual({ excaliburTo: null });
});

test('an edit is of the event of the log, not of its place in the course', () => {
  const event = { seq: 7, kind: 'TeamVoteCast', at: 0, actor: 'p', moment: null, payload: {} };
  expect(logSeqOf(event)).toBe(7);
  expect(logSeqOf({ ...event, origin: { origin: 'log', of: 9 } })).toBe(9);
  expect(logSeqOf({ ...event, origin: { origin: 'derived', of: null } })).toBeNull();
});
