import { Tooltip } from 'antd';
import type { CoverageView, VerificationView } from '../../api';
import { codeText } from '../../i18n/code';
import { useTranslation } from '../../i18n/use-translation';
import { Moment } from '../format/Moment';
import { VerdictTag } from './VerdictTag';

/** The best verification of a backup with its level and age. */
export function VerificationTag({ verification }: { verification: VerificationView | null }) {
  const { t } = useTranslation();
  if (!verification) return <VerdictTag verdict="unknown">{t('verdict.neverVerified')}</VerdictTag>;
  const { level, proven, ok, at, problems, findings, coverage } = verification;
  const open = findings.length > 0;
  return (
    <VerdictTag verdict={ok ? (open ? 'attention' : 'verified') : 'failed'}>
      {level ?? t('verdict.noLevel')}
      {proven !== level && coverage && ` ${t('verdict.sample', { percent: share(coverage) })}`} ·{' '}
      {ok ? <Moment at={at} /> : t('verdict.problems', { count: problems })}
      {open && (
        <Tooltip title={findings.map((id) => codeText('invariant', id) ?? id).join('\n')}>
          <span> · {t('verdict.findings', { count: findings.length })}</span>
        </Tooltip>
      )}
    </VerdictTag>
  );
}

/** The part of the segments that was read, in whole percent but never none of some. */
function share({ read, segments }: CoverageView): number {
  const percent = (read / Math.max(1, segments)) * 100;
  return read > 0 ? Math.max(1, Math.round(percent)) : 0;
}
