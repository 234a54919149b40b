import { SwapRightOutlined } from '@ant-design/icons';
import type { Fact, SeatView, WeightedFact } from '../api';
import { SeatName } from '../games/PayloadFacts';
import { useTranslation } from '../i18n/use-translation';
import styles from './diff.module.css';
import { FactTitle } from './FactTitle';
import { FactWord } from './FactWord';
import { factLines } from './fact-lines';

interface ChangeListProps {
  changes: WeightedFact[];
  seats: SeatView[];
}

/** What one event changed, narrow: a line for each member of each fact. */
export function ChangeList({ changes, seats }: ChangeListProps) {
  const { t } = useTranslation();
  if (changes.length === 0) return <p className={styles.note}>{t('diff.nothingHere')}</p>;
  const lines = changes.flatMap(({ fact }) => factLines(fact).map((line) => ({ fact, line })));
  return (
    <ul className={styles.changes} data-testid="event-changes">
      {lines.map(({ fact, line }) => (
        <li key={`${fact.kind} ${placeOf(fact)} ${line.label} ${line.seat ?? ''}`}>
          <span className={styles.label}>
            <FactTitle fact={fact} seats={seats} /> · {t(line.label)}{' '}
            {line.seat !== undefined && <SeatName of={line.seat} seats={seats} />}
          </span>
          <span className={styles.change}>
            <FactWord value={line.before} seats={seats} />
            <SwapRightOutlined className={styles.arrow} aria-hidden />
            <FactWord value={line.after} seats={seats} />
          </span>
        </li>
      ))}
    </ul>
  );
}

/** What tells a fact from the others of its kind: were two alike, lines of the event before would stay. */
function placeOf(fact: Fact): string {
  const quest = 'quest' in fact && typeof fact.quest === 'number' ? fact.quest : '';
  const attempt = 'attempt' in fact && typeof fact.attempt === 'number' ? fact.attempt : '';
  return `${quest} ${attempt} ${'seat' in fact ? fact.seat : ''}`;
}
