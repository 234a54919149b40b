import { Link } from '@tanstack/react-router';
import type { SnapshotMoment } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { KindTag } from './KindTag';
import styles from './snapshots.module.css';

/** Snapshots as links; nothing where there are none. */
export function SnapshotLinks({ snapshots }: { snapshots: SnapshotMoment[] }) {
  const { t } = useTranslation();
  if (snapshots.length === 0) return null;
  return (
    <div className={styles.links}>
      <h4>{t('snapshots.atEvent')}</h4>
      <ul>
        {snapshots.map(({ id, kind }) => (
          <li key={id}>
            <Link to="/snapshots/$snapshotId" params={{ snapshotId: id }} data-testid="event-snapshot">
              <KindTag kind={kind} />
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
