import type { TFunction } from 'i18next';
import type { SeatView, Sentence, SnapshotType } from '../../api';
import { type CodeGroup, codeText } from '../../i18n/code';
import { formIn, inEnglish } from '../../i18n/sentence';

/** Some text, and whether it is the engine's own English in a text of another language. */
export interface Part {
  text: string;
  english: boolean;
}

/** Who reads, and what is known of the players that may be told of. */
export interface Reader {
  language: string;
  t: TFunction;
  absolute: (ms: number) => string;
  seats: SeatView[];
}

/** What stands at a place, by its name up to an underline; all others are numbers, names and texts. */
type Kind = 'player' | 'actor' | 'seat' | 'time' | 'snapshot' | 'english' | CodeGroup;

const KINDS: Record<string, Kind> = {
  player: 'player',
  leader: 'player',
  actor: 'actor',
  seat: 'seat',
  time: 'time',
  kind: 'snapshot',
  problem: 'english',
  role: 'role',
  event: 'event',
  phase: 'gamePhase',
  reason: 'reason',
  side: 'word',
  vote: 'word',
  card: 'word',
  result: 'word',
  field: 'field',
};

/** What the engine tells, in the reader's language as far as its form is known. */
export function tell(sentence: Sentence, reader: Reader): Part[] {
  const form = formIn(reader.language, sentence.form);
  if (form === null) return [{ text: inEnglish(sentence), english: true }];
  return form.split(/(\{\w+\})/).flatMap((piece) => {
    const name = /^\{(\w+)\}$/.exec(piece)?.[1];
    const value = name === undefined ? undefined : sentence.values[name];
    if (name === undefined || value === undefined) return [{ text: piece, english: false }];
    return typeof value === 'string' ? [toldAt(name, value, reader)] : tell(value, reader);
  });
}

function toldAt(name: string, value: string, reader: Reader): Part {
  const kind = KINDS[name.replace(/_.*/, '')];
  if (kind === 'english') return { text: value, english: reader.language !== 'en' };
  return { text: kind === undefined ? value : (wordsOf(kind, value, reader) ?? value), english: false };
}

function wordsOf(kind: Exclude<Kind, 'english'>, value: string, reader: Reader): string | null {
  const { t, absolute } = reader;
  switch (kind) {
    case 'player':
      return playerWords(value, reader);
    case 'actor':
      return value === 'system' ? t('game.event.system') : playerWords(value, reader);
    case 'seat':
      // The engine counts seats from 0, as logs do.
      return String(Number(value) + 1);
    case 'time':
      return absolute(Number(value));
    case 'snapshot':
      return t(`snapshots.kind.${value as SnapshotType}`);
    default:
      return codeText(kind, value);
  }
}

function playerWords(id: string, { seats, t }: Reader): string | null {
  const known = seats.find(({ playerId }) => playerId === id);
  return known ? (known.nick ?? t('game.seat', { seat: known.seat + 1 })) : null;
}
