import type {
  SnapshotCreated,
  SnapshotListRequest,
  SnapshotPage,
  SnapshotRow,
  SnapshotView,
} from '../../api/generated/types';
import { NOW } from './instant';

const taken: SnapshotRow[] = [];
const KEPT_MS = 90 * 24 * 3_600_000;

/** Takes a snapshot; taking the same again makes no other. */
export function createSnapshot(game: string, seq: number | null): SnapshotCreated {
  const id = `5b0c1f5e-0d4a-8c1e-9a21-${String(seq ?? 0).padStart(12, '0')}`;
  const known = taken.find((row) => row.id === id && row.game === game);
  if (known) return { row: known, created: false };
  const row: SnapshotRow = {
    id,
    game,
    room: 'room-0412',
    kind: 'manual',
    at: NOW,
    version: '1',
    bytes: 1840,
    expiresAt: NOW + KEPT_MS,
  };
  taken.unshift(row);
  return { row, created: true };
}

/** Those taken so far. */
export function listSnapshots({ game }: SnapshotListRequest): SnapshotPage {
  return { snapshots: taken.filter((row) => game === null || row.game === game), cursor: null };
}

/** One of them; its document holds no more than its names. */
export function showSnapshot(id: string): SnapshotView | null {
  const row = taken.find((candidate) => candidate.id === id);
  return row ? { row, atSeq: 1, base: null, document: { snapshot_id: id, game_id: row.game } } : null;
}
