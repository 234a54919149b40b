import { useNavigate } from '@tanstack/react-router';
import { Button } from 'antd';
import { type BackupView, useRun } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { ShortId } from '../shared/format/ShortId';
import { useFormat } from '../shared/format/use-format';
import { LinkButton } from '../shared/LinkButton';
import { Facts } from '../shared/layout/Facts';
import { Panel } from '../shared/layout/Panel';
import { VerdictTag } from '../shared/verdict/VerdictTag';
import styles from './jobs.module.css';

/** A backup that is in the store, and what to do next with it. */
export function BackupResult({ backup, summary }: { backup: string; summary: BackupView | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const verify = useRun('backup.verify');
  const startVerify = () =>
    verify.mutate(
      { backup, level: 'L3', samplePercent: 100 },
      {
        onSuccess: ({ jobId }) =>
          void navigate({ to: '/backups/$backupId', params: { backupId: backup }, search: { job: jobId } }),
      },
    );
  return (
    <Panel title={t('job.backup.title')} extra={<ShortId id={backup} />}>
      <div className={styles.result}>
        <VerdictTag verdict="verified" testId="backup-done">
          {t('job.backup.committed')}
        </VerdictTag>
        {summary && (
          <Facts
            facts={[
              { label: t('backup.facts.consistent'), value: format.absolute(summary.consistentAt) },
              { label: t('backups.column.documents'), value: format.number(summary.documents) },
              { label: t('backups.column.bytes'), value: format.bytes(summary.bytes) },
              { label: t('backups.column.stored'), value: format.bytes(summary.storedBytes) },
            ]}
          />
        )}
        <div className={styles.actions}>
          <LinkButton to="/backups/$backupId" params={{ backupId: backup }} data-testid="backup-show">
            {t('job.backup.show')}
          </LinkButton>
          <Button
            type="primary"
            onClick={startVerify}
            loading={verify.isPending}
            data-testid="backup-verify-now"
          >
            {t('overview.verifyNow')}
          </Button>
        </div>
      </div>
    </Panel>
  );
}
