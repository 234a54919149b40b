import type { DiffSide, DiffView } from '../api';
import { editOptions } from '../games/command';
import { isEdited } from './sides';

/** The command that tells the same; none where the command line has no words for a side. */
export function diffCommand({ before, after, sameGame, viewer }: DiffView): string | null {
  const untold = ({ place }: DiffSide) => place.file !== undefined || place.eventLog === true;
  if (untold(before) || untold(after) || isEdited(before)) return null;
  const parts = ['avault game diff', before.row.id];
  if (!sameGame) parts.push(after.row.id);
  parts.push(...sideOf(before, 'from'), ...sideOf(after, 'to'));
  parts.push(...editOptions(after.place.whatIf ?? []));
  if (viewer !== 'god') parts.push('--as', viewer);
  return parts.join(' ');
}

/** A snapshot has one moment alone, so its event is not named. */
function sideOf({ seq, backup, snapshot }: DiffSide, name: 'from' | 'to'): string[] {
  if (snapshot) return [`--${name}-snapshot`, snapshot.id];
  const event = [`--${name}`, String(seq)];
  return backup ? [...event, `--${name}-backup`, backup] : event;
}
