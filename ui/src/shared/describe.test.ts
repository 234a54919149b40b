import { describe, expect, it } from 'vitest';
import { describeFailure, describeLogLine } from './describe';

const base = { message: 'the engine’s own words', hint: 'the engine’s own advice', context: {} };

describe('describeFailure', () => {
  it('translates a known code and its hint', () => {
    const { message, hint } = describeFailure({ ...base, code: 'stale_plan' });
    expect(message).toBe('The data have moved; the plan no longer fits');
    expect(hint).toContain('new plan');
  });

  it('says more where it knows the field of the request', () => {
    const invalid = {
      message: 'file: the file 1f is not open any more',
      hint: null,
      code: 'invalid_request',
    };
    expect(describeFailure({ ...invalid, context: { field: 'file' } })).toEqual({
      message: 'This file is not open any more',
      hint: 'Files are looked at and never stored. Open it again.',
    });
    const other = { ...invalid, message: 'other: it is not a number', context: { field: 'other' } };
    expect(describeFailure(other)).toEqual({
      message: 'The request cannot be used',
      hint: 'it is not a number',
    });
  });

  it('falls back to the message of a newer engine', () => {
    expect(describeFailure({ ...base, code: 'from_the_future' })).toEqual({
      message: base.message,
      hint: base.hint,
    });
  });
});

describe('describeLogLine', () => {
  it('fills values in', () => {
    expect(
      describeLogLine({ at: 0, code: 'backup.collection', context: { collection: 'users', documents: '7' } }),
    ).toBe('Collection users: 7 documents');
  });

  it('shows an unknown line as it came', () => {
    expect(describeLogLine({ at: 0, code: 'x.y', context: { a: '1' } })).toBe('x.y a=1');
  });
});
