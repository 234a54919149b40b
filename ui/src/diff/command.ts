import type { DiffView } from '../api';

/** The command that tells the same. */
export function diffCommand({ before, after, sameGame, viewer }: DiffView): string {
  const parts = ['avault game diff', before.row.id];
  if (!sameGame) parts.push(after.row.id);
  parts.push('--from', String(before.seq), '--to', String(after.seq));
  if (before.backup) parts.push('--from-backup', before.backup);
  if (after.backup) parts.push('--to-backup', after.backup);
  if (viewer !== 'god') parts.push('--as', viewer);
  return parts.join(' ');
}
