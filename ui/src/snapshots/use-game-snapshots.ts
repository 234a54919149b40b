import { useMemo } from 'react';
import { type SnapshotMoment, useRead } from '../api';

/** Snapshots of one game that are read. */
const MOST = 200;

/** The newest snapshots of a game that open, in the order of their events; none where none can be read. */
export function useGameSnapshots(game: string, wanted = true): SnapshotMoment[] {
  const { data } = useRead(
    'snapshot.list',
    {
      game,
      room: null,
      player: null,
      kinds: [],
      from: null,
      to: null,
      text: null,
      cursor: null,
      limit: MOST,
    },
    { enabled: wanted },
  );
  return useMemo(() => {
    const moments = ((wanted && data?.snapshots) || []).flatMap(({ id, kind, at, atSeq }) =>
      atSeq === null ? [] : [{ id, kind, at, seq: atSeq }],
    );
    return moments.sort((one, other) => one.seq - other.seq);
  }, [data, wanted]);
}
