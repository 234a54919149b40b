import { memo } from 'react';
import type { EventView } from '../api';
import { useTranslation } from '../i18n/use-translation';
import styles from './whatif.module.css';

/** Words closer than this share of the strip would run into each other. */
const WORD_SHARE = 6.5;

/** Events next to each other that are not as in the log in the same way. */
interface Run {
  origin: 'changed' | 'derived';
  from: number;
  to: number;
}

function runsOf(events: EventView[]): Run[] {
  const runs: Run[] = [];
  for (const { seq, origin } of events) {
    if (!origin || origin.origin === 'log') continue;
    const last = runs.at(-1);
    if (last?.origin === origin.origin && last.to === seq - 1) last.to = seq;
    else runs.push({ origin: origin.origin, from: seq, to: seq });
  }
  return runs;
}

interface CourseLaneProps {
  events: EventView[];
  lastSeq: number;
  onGo: (seq: number) => void;
}

/** Under the strip: where the course is not as in the log, in words, each leading there. */
export const CourseLane = memo(function CourseLane({ events, lastSeq, onGo }: CourseLaneProps) {
  const { t } = useTranslation();
  const share = (seq: number) => (lastSeq > 1 ? ((seq - 1) / (lastSeq - 1)) * 100 : 0);
  let lastWord = -WORD_SHARE;
  return (
    <ol className={styles.lane} aria-label={t('whatIf.lane')} data-testid="what-if-lane">
      {runsOf(events).map(({ origin, from, to }) => {
        const left = share(from);
        const told = left - lastWord >= WORD_SHARE;
        if (told) lastWord = left;
        const word = t(`whatIf.origin.${origin}`);
        const name = t('whatIf.run', { origin: word, from, to });
        return (
          <li key={from} style={{ left: `${left}%`, width: `${share(to) - left}%` }}>
            <button
              type="button"
              className={[styles[origin], to > from && styles.long, left > 100 - WORD_SHARE && styles.atEnd]
                .filter(Boolean)
                .join(' ')}
              onClick={() => onGo(from)}
              title={name}
              aria-label={name}
            >
              {told ? word : ''}
            </button>
          </li>
        );
      })}
    </ol>
  );
});
