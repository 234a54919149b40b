import { Link } from '@tanstack/react-router';
import type { SnapshotView } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { shortId } from '../shared/format/ShortId';
import { useFormat } from '../shared/format/use-format';
import { VerdictTag } from '../shared/verdict/VerdictTag';
import styles from './snapshots.module.css';

interface StoredProps {
  snapshot: SnapshotView;
  /** Snapshots of the game that do not open. */
  unreadable: number;
}

/** What is stored of a snapshot, and what was found of it on opening. */
export function Stored({ snapshot: { row, base, whole }, unreadable }: StoredProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className={styles.stored} data-testid="snapshot-stored">
      {whole ? (
        <VerdictTag verdict="verified" testId="snapshot-hash">
          {t('snapshots.hashHolds')}
        </VerdictTag>
      ) : (
        <VerdictTag verdict="unknown" testId="snapshot-hash">
          {t('snapshots.hashMissing')}
        </VerdictTag>
      )}
      {unreadable > 0 && (
        <VerdictTag verdict="failed" testId="snapshot-unreadable">
          {t('snapshots.unreadableOthers', { count: unreadable })}
        </VerdictTag>
      )}
      <dl className={styles.storedFacts}>
        <dt>{t('snapshots.storedAs')}</dt>
        <dd>
          {base === null ? (
            t('snapshots.keyframe')
          ) : (
            <>
              {t('snapshots.delta')}{' '}
              <Link to="/snapshots/$snapshotId" params={{ snapshotId: base }} className={styles.open}>
                {shortId(base)}
              </Link>
            </>
          )}
        </dd>
        <dt>{t('snapshots.column.bytes')}</dt>
        <dd>{format.bytes(row.bytes)}</dd>
        <dt>{t('snapshots.column.taken')}</dt>
        <dd>{format.absolute(row.at)}</dd>
        <dt>{t('snapshots.column.expires')}</dt>
        <dd>{row.expiresAt === null ? '—' : format.absolute(row.expiresAt)}</dd>
        <dt>{t('snapshots.version')}</dt>
        <dd>{row.version ?? '—'}</dd>
      </dl>
    </div>
  );
}
