import { useNavigate } from '@tanstack/react-router';
import { Button } from 'antd';
import { Trans } from 'react-i18next';
import { type Restorability, useRun } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { useDialog } from '../shared/dialog';
import { Moment } from '../shared/format/Moment';
import { useFormat } from '../shared/format/use-format';
import { VerdictTag } from '../shared/verdict/VerdictTag';
import styles from './overview.module.css';

const REASONS = ['no_backup', 'store_down', 'incomplete', 'unverified', 'stale'] as const;

function knownReason(reason: string | null) {
  return REASONS.find((known) => known === reason);
}

/** One sentence: whether we can restore right now, to when, and how long it would take. */
export function Headline({ restorability }: { restorability: Restorability }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { possible, to, estimateSeconds } = restorability;
  if (!possible || to === null) {
    return (
      <span className={styles.cannot} data-testid="headline" data-possible="false">
        {t('overview.cannot')}
      </span>
    );
  }
  return (
    <span data-testid="headline" data-possible="true">
      <Trans
        i18nKey="overview.can"
        components={{
          to: (
            <span className={styles.to}>
              <Moment at={to} show="time" />
            </span>
          ),
        }}
      />
      {estimateSeconds !== null && t('overview.estimate', { duration: format.duration(estimateSeconds) })}
    </span>
  );
}

/** Why not, or what to improve, with the button that does it. */
export function HeadlineReason({
  restorability: { reason, backup, possible },
}: {
  restorability: Restorability;
}) {
  const { t } = useTranslation();
  if (reason === null) return <>{t('overview.allWell')}</>;
  const known = knownReason(reason);
  return (
    <span className={styles.reason}>
      <VerdictTag verdict={possible ? 'attention' : 'failed'}>
        {known ? t(`overview.reason.${known}`) : reason}
      </VerdictTag>
      <ReasonAction reason={reason} backup={backup} />
    </span>
  );
}

function ReasonAction({ reason, backup }: { reason: string; backup: string | null }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const openBackup = useDialog('backup');
  const verify = useRun('backup.verify');
  if (reason === 'unverified' && backup) {
    const start = () =>
      verify.mutate(
        { backup, level: 'L3', samplePercent: 100 },
        { onSuccess: ({ jobId }) => void navigate({ to: '/jobs/$jobId', params: { jobId } }) },
      );
    return (
      <Button size="small" onClick={start} loading={verify.isPending}>
        {t('overview.verifyNow')}
      </Button>
    );
  }
  if (reason === 'store_down') {
    return (
      <Button size="small" onClick={() => void navigate({ to: '/settings' })}>
        {t('overview.checkStore')}
      </Button>
    );
  }
  return (
    <Button size="small" onClick={openBackup}>
      {t('overview.backUpNow')}
    </Button>
  );
}
