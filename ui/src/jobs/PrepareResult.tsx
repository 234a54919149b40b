import type { BackupView } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { ShortId } from '../shared/format/ShortId';
import { useFormat } from '../shared/format/use-format';
import { LinkButton } from '../shared/LinkButton';
import { Facts } from '../shared/layout/Facts';
import { Panel } from '../shared/layout/Panel';
import { VerdictTag } from '../shared/verdict/VerdictTag';
import styles from './jobs.module.css';

/** A point in time that is ready to be restored. */
export function PrepareResult({ summary }: { summary: BackupView }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Panel title={t('points.tag')} extra={<ShortId id={summary.id} />}>
      <div className={styles.result}>
        <VerdictTag verdict="verified" testId="point-ready">
          {t('points.ready')}
        </VerdictTag>
        <Facts
          facts={[
            { label: t('points.at'), value: summary.pointInTime ?? format.absolute(summary.consistentAt) },
            { label: t('backups.column.documents'), value: format.number(summary.documents) },
            { label: t('backups.column.stored'), value: format.bytes(summary.storedBytes) },
          ]}
        />
        <div className={styles.actions}>
          <LinkButton to="/backups/$backupId" params={{ backupId: summary.id }}>
            {t('job.backup.show')}
          </LinkButton>
          <LinkButton
            look="primary"
            to="/restore"
            search={{ backup: summary.id, step: 'scope' }}
            data-testid="point-restore"
          >
            {t('points.restore')}
          </LinkButton>
        </div>
      </div>
    </Panel>
  );
}
