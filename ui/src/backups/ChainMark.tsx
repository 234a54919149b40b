import type { BackupView } from '../api';
import { useTranslation } from '../i18n/use-translation';
import styles from './backups.module.css';
import { beginsChain, type ChainPlace } from './chains';

/** Distance of columns in the drawing, pixels; lines run the whole height of a row. */
export const COLUMN = 14;

interface ChainMarkProps {
  backup: BackupView;
  place: ChainPlace;
  columns: number;
}

/** A set's place in its chain: filled where the chain begins, a ring where a set stands on another. */
export function ChainMark({ backup, place, columns }: ChainMarkProps) {
  const { t } = useTranslation();
  const x = (lane: number) => COLUMN * (lane + 0.5);
  const own = x(place.lane);
  const label = backup.base
    ? t('backups.chain.on', { method: t(`backups.method.${backup.method}`), base: backup.base.slice(-6) })
    : t(`backups.method.${backup.method}`);
  return (
    <svg className={styles.chain} width={COLUMN * columns} role="img" aria-label={label}>
      <title>{label}</title>
      {place.passing.map((lane) => (
        <line key={lane} x1={x(lane)} x2={x(lane)} y1="0" y2="100%" />
      ))}
      {place.above && <line x1={own} x2={own} y1="0" y2="50%" />}
      {place.below && <line x1={own} x2={own} y1="50%" y2="100%" />}
      <Node backup={backup} x={own} />
    </svg>
  );
}

function Node({ backup, x }: { backup: BackupView; x: number }) {
  if (backup.method === 'synthetic') {
    return (
      <svg x={x - 4} y="50%" overflow="visible" aria-hidden="true">
        <rect className={styles.begins} y={-4} width={8} height={8} rx={1} />
      </svg>
    );
  }
  return <circle className={beginsChain(backup) ? styles.begins : styles.stands} cx={x} cy="50%" r={4.5} />;
}
