import type { TFunction } from 'i18next';
import type { JsonValue, SeatView } from '../api';
import { SEAT_FIELDS, SEAT_LISTS } from '../games/payload-fields';
import { codeText } from '../i18n/code';
import type { JsonMembers } from '../shared/json';

/** A seat in words, by its place from 0 or by its player. */
function seatWords(of: JsonValue, seats: SeatView[], t: TFunction): string {
  const seat = seats.find(({ seat: place, playerId }) => place === of || playerId === of);
  if (!seat) return String(of);
  return [t('game.seat', { seat: seat.seat + 1 }), seat.nick].filter(Boolean).join(' ');
}

/** Several seats in words. */
export function seatsWords(of: JsonValue[], seats: SeatView[], t: TFunction): string {
  return of.map((seat) => seatWords(seat, seats, t)).join(t('common.listSeparator'));
}

/** Members of a payload in words, to be read in a line and searched. */
export function payloadWords(members: JsonMembers, seats: SeatView[], t: TFunction): string {
  return Object.entries(members)
    .map(([name, value]) =>
      t('whatIf.member', {
        name: codeText('field', name) ?? name,
        value: valueWords(name, value, seats, t),
      }),
    )
    .join(t('whatIf.memberSeparator'));
}

function valueWords(name: string, value: JsonValue, seats: SeatView[], t: TFunction): string {
  if (value === null) return t('whatIf.none');
  if (SEAT_FIELDS.has(name)) return seatWords(value, seats, t);
  if (SEAT_LISTS.has(name) && Array.isArray(value)) return seatsWords(value, seats, t);
  if (typeof value === 'boolean') return t(value ? 'common.yes' : 'common.no');
  if (typeof value === 'string') return codeText('word', value) ?? codeText('role', value) ?? value;
  return JSON.stringify(value);
}
