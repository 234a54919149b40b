import type { BackupView } from '../api';

/** Where a set stands in the drawing of chains. */
export interface ChainPlace {
  /** Column of its chain, from 0. */
  lane: number;
  /** Chains that run past it: columns with a line only. */
  passing: number[];
  /** Whether its chain goes on to a newer set, above, and to an older one, below. */
  above: boolean;
  below: boolean;
}

interface Extent {
  newest: number;
  oldest: number;
}

/** True where a set begins a chain of its own. */
export function beginsChain({ method, base }: BackupView): boolean {
  return method === 'full' || method === 'synthetic' || base === null;
}

/**
 * Places sets, newest first, in the drawing: a chain is a full and all that stand on it. Chains that
 * overlap in time get columns side by side.
 */
export function placeChains(backups: BackupView[]): ChainPlace[] {
  const roots = chainOfEach(backups);
  const extents = new Map<string, Extent>();
  roots.forEach((root, index) => {
    const extent = extents.get(root);
    if (extent) extent.oldest = index;
    else extents.set(root, { newest: index, oldest: index });
  });
  const lanes = laneOfEach(extents);
  const lane = (root: string) => lanes.get(root) ?? 0;
  return roots.map((root, index) => {
    const own = extents.get(root) ?? { newest: index, oldest: index };
    const passing = [...extents]
      .filter(([other, { newest, oldest }]) => other !== root && newest < index && index < oldest)
      .map(([other]) => lane(other));
    return { lane: lane(root), passing, above: own.newest < index, below: index < own.oldest };
  });
}

/** The set that each chain began with, or the oldest of it that is left. */
function chainOfEach(backups: BackupView[]): string[] {
  const roots = new Map<string, string>();
  for (const backup of [...backups].reverse()) {
    const known = beginsChain(backup) ? undefined : roots.get(backup.base ?? '');
    roots.set(backup.id, known ?? backup.id);
  }
  return backups.map(({ id }) => roots.get(id) ?? id);
}

function laneOfEach(extents: Map<string, Extent>): Map<string, number> {
  const lanes = new Map<string, number>();
  const freeFrom: number[] = [];
  for (const [root, { newest, oldest }] of extents) {
    const free = freeFrom.findIndex((from) => from < newest);
    const lane = free < 0 ? freeFrom.length : free;
    freeFrom[lane] = oldest;
    lanes.set(root, lane);
  }
  return lanes;
}
