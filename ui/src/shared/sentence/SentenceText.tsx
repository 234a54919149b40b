import { createElement, Fragment } from 'react';
import type { SeatView, Sentence } from '../../api';
import { useTranslation } from '../../i18n/use-translation';
import { useFormat } from '../format/use-format';
import { tell } from './tell';

interface SentenceTextProps {
  /** What the engine tells; none of a record from before there were forms. */
  sentence: Sentence | null | undefined;
  /** The same in the engine's English. */
  english: string;
  /** The players of the game that is told of, where they are at hand. */
  seats?: SeatView[];
}

const NOBODY: SeatView[] = [];

/** What the engine tells, in the reader's language; what no text is known of stays English and is marked so. */
export function SentenceText({ sentence, english, seats = NOBODY }: SentenceTextProps) {
  const { t, i18n } = useTranslation();
  const { absolute } = useFormat();
  if (!sentence?.form) return <span lang="en">{english}</span>;
  const parts = tell(sentence, { language: i18n.language, t, absolute, seats });
  const pieces = parts.map((part) =>
    part.english ? createElement('span', { lang: 'en' }, part.text) : part.text,
  );
  // Pieces never move, so they need no keys.
  return createElement(Fragment, null, ...pieces);
}
