import type { DiffSide, DiffView } from '../api';

/** The command that tells the same. */
export function diffCommand({ before, after, sameGame, viewer }: DiffView): string {
  const parts = ['avault game diff', before.row.id];
  if (!sameGame) parts.push(after.row.id);
  parts.push(...sideOf(before, 'from'), ...sideOf(after, 'to'));
  if (viewer !== 'god') parts.push('--as', viewer);
  return parts.join(' ');
}

/** A snapshot has one moment alone, so its event is not named. */
function sideOf({ seq, backup, snapshot }: DiffSide, name: 'from' | 'to'): string[] {
  if (snapshot) return [`--${name}-snapshot`, snapshot.id];
  const event = [`--${name}`, String(seq)];
  return backup ? [...event, `--${name}-backup`, backup] : event;
}
