import type { OplogForecast } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { useFormat } from '../shared/format/use-format';
import { VerdictTag } from '../shared/verdict/VerdictTag';
import styles from './overview.module.css';

/** How long increments can still follow the newest backup. */
export function OplogLine({ oplog }: { oplog: OplogForecast }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { state, reachSeconds, forgottenAt } = oplog;
  if (state === 'no_backup') return null;
  const values = {
    reach: format.duration(reachSeconds),
    moment: forgottenAt === null ? '' : format.absolute(forgottenAt),
  };
  const text =
    state === 'reaches' && forgottenAt === null
      ? t('overview.oplog.young')
      : t(`overview.oplog.${state}`, values);
  return (
    <p className={styles.oplog} data-testid="oplog-forecast">
      {state === 'soon' && <VerdictTag verdict="attention">{t('overview.oplog.soonTag')}</VerdictTag>}
      {state === 'overrun' && <VerdictTag verdict="attention">{t('overview.oplog.overrunTag')}</VerdictTag>}
      <span>{text}</span>
    </p>
  );
}
