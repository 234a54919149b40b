import type { SnapshotType } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { MOMENTS } from './kinds';
import styles from './snapshots.module.css';

/** What a snapshot was taken for, with the number of its key moment. */
export function KindTag({ kind }: { kind: SnapshotType }) {
  const { t } = useTranslation();
  const moment = MOMENTS[kind];
  return (
    <span className={styles.kind}>
      {moment && <span className={styles.moment}>{moment}</span>}
      <span>{t(`snapshots.kind.${kind}`)}</span>
    </span>
  );
}
