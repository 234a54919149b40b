import { BarChartOutlined, SwapRightOutlined, TrophyOutlined } from '@ant-design/icons';
import type { SeatView, Weight, WeightedFact } from '../api';
import { SeatName } from '../games/PayloadFacts';
import { useTranslation } from '../i18n/use-translation';
import styles from './diff.module.css';
import { FactTitle } from './FactTitle';
import { FactWord } from './FactWord';
import { type FactLine, factLines } from './fact-lines';

interface FactTableProps {
  facts: WeightedFact[];
  /** Who sits where, on both sides. */
  before: SeatView[];
  after: SeatView[];
  /** What the two sides are called, where not before and after. */
  titles?: { before: string; after: string };
}

/** What differs as facts of the game: what it is about, and its members on both sides. */
export function FactTable({ facts, before, after, titles }: FactTableProps) {
  const { t } = useTranslation();
  if (facts.length === 0) return <p className={styles.nothing}>{t('diff.nothing')}</p>;
  return (
    <table className={styles.facts} data-testid="diff-facts">
      <thead>
        <tr>
          <th scope="col">{t('diff.column.about')}</th>
          <th scope="col">{t('diff.column.what')}</th>
          <th scope="col">{titles?.before ?? t('diff.before')}</th>
          <th scope="col">{titles?.after ?? t('diff.after')}</th>
        </tr>
      </thead>
      {facts.map((fact, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: facts have no id and their order is the engine's
        <FactRows key={index} of={fact} before={before} after={after} />
      ))}
    </table>
  );
}

interface FactRowsProps extends Omit<FactTableProps, 'facts' | 'titles'> {
  of: WeightedFact;
}

function FactRows({ of: { fact, weight }, before, after }: FactRowsProps) {
  const { t } = useTranslation();
  const lines = factLines(fact);
  return (
    <tbody data-testid="diff-fact" data-weight={weight}>
      {lines.map((line, index) => (
        <tr key={`${line.label} ${line.seat ?? ''}`}>
          {index === 0 && (
            <th scope="rowgroup" rowSpan={lines.length}>
              <FactTitle fact={fact} seats={after} />
              <WeightMark weight={weight} />
            </th>
          )}
          <th scope="row" className={styles.label}>
            {t(line.label)}
            {line.seat !== undefined && (
              <>
                {' '}
                <SeatName of={line.seat} seats={after} />
              </>
            )}
          </th>
          <Cell line={line} side="before" seats={before} />
          <Cell line={line} side="after" seats={after} />
        </tr>
      ))}
    </tbody>
  );
}

const WEIGHTS = { outcome: TrophyOutlined, statistic: BarChartOutlined };

/** Why a fact matters beyond the course of the game. */
function WeightMark({ weight }: { weight: Weight }) {
  const { t } = useTranslation();
  if (weight === 'course' || weight === 'cosmetic') return null;
  const Icon = WEIGHTS[weight];
  return (
    <span className={styles.weight}>
      <Icon aria-hidden /> {t(`diff.weight.${weight}`)}
    </span>
  );
}

interface CellProps {
  line: FactLine;
  side: 'before' | 'after';
  seats: SeatView[];
}

function Cell({ line, side, seats }: CellProps) {
  return (
    <td>
      <span className={side === 'after' ? styles.after : undefined}>
        {side === 'after' && <SwapRightOutlined className={styles.arrow} aria-hidden />}
        <span>
          <FactWord value={line[side]} seats={seats} />
        </span>
      </span>
    </td>
  );
}
