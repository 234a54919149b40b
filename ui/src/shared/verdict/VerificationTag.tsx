import { useTranslation } from 'react-i18next';
import type { VerificationView } from '../../api';
import { Moment } from '../format/Moment';
import { VerdictTag } from './VerdictTag';

/** The best verification of a backup with its level and age. */
export function VerificationTag({ verification }: { verification: VerificationView | null }) {
  const { t } = useTranslation();
  if (!verification) return <VerdictTag verdict="unknown">{t('verdict.neverVerified')}</VerdictTag>;
  const { level, ok, at, problems } = verification;
  return (
    <VerdictTag verdict={ok ? 'verified' : 'failed'}>
      {level ?? t('verdict.noLevel')} · {ok ? <Moment at={at} /> : t('verdict.problems', { count: problems })}
    </VerdictTag>
  );
}
