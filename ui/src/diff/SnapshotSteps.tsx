import type { SnapshotPlace } from '../api';
import type { PlaceSearch } from '../games/place';
import { useTranslation } from '../i18n/use-translation';
import { Moment } from '../shared/format/Moment';
import { VerdictTag } from '../shared/verdict/VerdictTag';
import { KindTag } from '../snapshots/KindTag';
import styles from './diff.module.css';
import { Step } from './Step';

interface SnapshotStepsProps {
  name: 'before' | 'after';
  place: SnapshotPlace;
  seq: number;
  onSource: (source: PlaceSearch) => void;
}

/** The moment of a snapshot; the others of the game are one step away. */
export function SnapshotSteps({ name, place, seq, onSource }: SnapshotStepsProps) {
  const { t } = useTranslation();
  const { id, kind, at, whole, moments } = place;
  const index = moments.findIndex((moment) => moment.id === id);
  const step = (by: number) => {
    const next = moments[index + by];
    if (next) onSource({ snapshot: next.id });
  };
  return (
    <div className={styles.at} data-testid={`diff-${name}-snapshot`}>
      <Step label={t('snapshots.keys.before')} disabled={index <= 0} onClick={() => step(-1)} back />
      <Step
        label={t('snapshots.keys.after')}
        disabled={index < 0 || index >= moments.length - 1}
        onClick={() => step(1)}
      />
      <span data-testid={`diff-${name}-seq`}>{t('snapshots.afterEvent', { seq })}</span>
      <KindTag kind={kind} />
      <span className={styles.event}>
        {t('snapshots.column.taken')} <Moment at={at} />
      </span>
      {!whole && <VerdictTag verdict="unknown">{t('snapshots.notWhole')}</VerdictTag>}
    </div>
  );
}
