import { expect, test } from 'vitest';
import type { DiffNode } from '../api';
import { rawLines } from './raw-lines';

function leaf(name: string, kind: DiffNode['kind'], before: string | null, after: string | null): DiffNode {
  const type = (text: string | null) => (text === null ? null : 'number');
  return { name, kind, before, after, beforeType: type(before), afterType: type(after), members: [] };
}

const LIST: DiffNode = {
  name: 'list',
  kind: 'changed',
  before: null,
  after: null,
  beforeType: 'array',
  afterType: 'array',
  members: [leaf('0', 'same', '1', '1'), leaf('1', 'added', null, '2')],
};

test('each side is the JSON that it is, with what differs', () => {
  const nodes = [LIST, leaf('a', 'changed', '5', '6'), leaf('gone', 'removed', '7', null)];
  const text = (side: 'before' | 'after') =>
    rawLines(nodes, side)
      .map((line) => line.text)
      .join('\n');
  expect(JSON.parse(text('before'))).toEqual({ list: [1], a: 5, gone: 7 });
  expect(JSON.parse(text('after'))).toEqual({ list: [1, 2], a: 6 });
  const marked = rawLines(nodes, 'after').filter(({ differs }) => differs);
  expect(marked.map((line) => line.text.trim())).toEqual(['2', '"a": 6']);
});
