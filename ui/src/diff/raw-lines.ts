import type { DiffNode } from '../api';

/** A line of a state's JSON. */
export interface RawLine {
  text: string;
  /** Whether the engine says that the other side has it otherwise. */
  differs: boolean;
}

type Side = 'before' | 'after';

/** One side of a tree of members as indented JSON. */
export function rawLines(nodes: DiffNode[], side: Side): RawLine[] {
  return [{ text: '{', differs: false }, ...linesOf(nodes, side, false, 1), { text: '}', differs: false }];
}

function linesOf(nodes: DiffNode[], side: Side, inList: boolean, depth: number): RawLine[] {
  const absent = side === 'before' ? 'added' : 'removed';
  const own = nodes.filter(({ kind }) => kind !== absent);
  return own.flatMap((node, index) => {
    const indent = '  '.repeat(depth);
    const name = inList ? '' : `${JSON.stringify(node.name)}: `;
    const comma = index < own.length - 1 ? ',' : '';
    if (node.members.length === 0) {
      return [{ text: `${indent}${name}${node[side]}${comma}`, differs: node.kind !== 'same' }];
    }
    const list = (side === 'before' ? node.beforeType : node.afterType) === 'array';
    const whole = node.kind === 'added' || node.kind === 'removed';
    return [
      { text: `${indent}${name}${list ? '[' : '{'}`, differs: whole },
      ...linesOf(node.members, side, list, depth + 1),
      { text: `${indent}${list ? ']' : '}'}${comma}`, differs: whole },
    ];
  });
}
