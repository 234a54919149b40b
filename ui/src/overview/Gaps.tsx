import { Button } from 'antd';
import type { RestoreGap } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { useDialog } from '../shared/dialog';
import { useFormat } from '../shared/format/use-format';
import { LinkButton } from '../shared/LinkButton';
import styles from './overview.module.css';

/** Gaps that are named; the bar shows all. */
const SHOWN = 3;

/** The longest gaps, each with its reason and what to do. */
export function Gaps({ gaps }: { gaps: RestoreGap[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const longest = [...gaps].sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, SHOWN);
  if (longest.length === 0) return null;
  return (
    <ul className={styles.gaps} aria-label={t('overview.gaps.title')}>
      {longest.map((gap) => (
        <li key={gap.from}>
          <strong>
            {format.clock(gap.from)} – {format.clock(gap.to)}
          </strong>
          <span>
            {t(`overview.gaps.reason.${gap.reason}`)}
            {t('overview.gaps.lost', { duration: format.duration((gap.to - gap.from) / 1000) })}
          </span>
          <Cure gap={gap} />
        </li>
      ))}
    </ul>
  );
}

function Cure({ gap: { job, reason } }: { gap: RestoreGap }) {
  const { t } = useTranslation();
  const openBackup = useDialog('backup');
  if (reason === 'backup_failed' && job) {
    return (
      <LinkButton size="small" to="/jobs/$jobId" params={{ jobId: job }}>
        {t('overview.gaps.cure.backup_failed')}
      </LinkButton>
    );
  }
  return (
    <Button size="small" onClick={openBackup}>
      {t(`overview.gaps.cure.${reason}`)}
    </Button>
  );
}
