import type { SeatView } from '../api';
import { shortId } from '../shared/format/ShortId';

/** The nickname; where the account has none, the shortened id. */
export function playerName({ nick, playerId }: SeatView): string {
  return nick ?? shortId(playerId);
}
