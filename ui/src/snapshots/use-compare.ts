import { useNavigate } from '@tanstack/react-router';
import type { SnapshotRow } from '../api';

/** Opens the comparison of two snapshots, the one of the earlier event first. */
export function useCompare(): (one: SnapshotRow, other: SnapshotRow) => void {
  const navigate = useNavigate();
  return (one, other) => {
    const earlier = one.game === other.game && one.atSeq !== null && other.atSeq !== null;
    const inOrder = earlier ? (one.atSeq ?? 0) <= (other.atSeq ?? 0) : one.at <= other.at;
    const [before, after] = inOrder ? [one, other] : [other, one];
    void navigate({
      to: '/games/$gameId/compare',
      params: { gameId: before.game },
      search: {
        fromSnapshot: before.id,
        toSnapshot: after.id,
        other: after.game === before.game ? undefined : after.game,
      },
    });
  };
}
