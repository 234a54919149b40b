import { Link } from '@tanstack/react-router';
import { Tooltip } from 'antd';
import type { RestorePoint, RestoreTimeline } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { useFormat, useNow } from '../shared/format/use-format';
import styles from './overview.module.css';

const SPAN_MS = 24 * 3600 * 1000;
const HOURS = [24, 18, 12, 6, 0];

function verdictOf({ verified }: RestorePoint) {
  if (verified === null) return 'unknown';
  return verified ? 'verified' : 'failed';
}

interface RestoreBarProps {
  points: RestorePoint[];
  timeline: RestoreTimeline;
}

/** The last day: the points that data can be brought back to, each of which opens the restore wizard,
 * what is restorable throughout, and the gaps. */
export function RestoreBar({ points, timeline: { ranges, gaps } }: RestoreBarProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow();
  const start = now - SPAN_MS;
  const place = (at: number) => Math.min(100, Math.max(0, ((at - start) / SPAN_MS) * 100));
  return (
    <div>
      <div className={styles.bar} data-testid="restore-bar">
        {gaps.map(({ from, to, reason }) => (
          <Tooltip
            key={from}
            title={t('overview.gaps.words', {
              reason: t(`overview.gaps.reason.${reason}`),
              from: format.absolute(from),
              to: format.absolute(to),
            })}
          >
            <span
              className={styles.gap}
              style={{ left: `${place(from)}%`, width: `${place(to) - place(from)}%` }}
              data-testid="restore-gap"
            />
          </Tooltip>
        ))}
        {ranges
          .filter(({ from, to }) => to > from)
          .map(({ from, to }) => (
            <span
              key={from}
              className={styles.range}
              style={{ left: `${place(from)}%`, width: `${place(to) - place(from)}%` }}
            />
          ))}
        {points.map((point) => {
          const verdict = verdictOf(point);
          const words = `${format.absolute(point.at)} · ${t(`overview.points.${verdict}`)}`;
          return (
            <Tooltip key={point.backup} title={words}>
              <Link
                to="/restore"
                search={{ backup: point.backup, step: 'scope' }}
                className={`${styles.point} ${styles[verdict]}`}
                style={{ left: `${place(point.at)}%` }}
                aria-label={t('overview.points.restoreTo', { moment: words })}
              />
            </Tooltip>
          );
        })}
        {points.length === 0 && <span className={styles.barEmpty}>{t('overview.points.none')}</span>}
      </div>
      <div className={styles.axis} aria-hidden="true">
        {HOURS.map((hours) => (
          <span key={hours} style={{ left: `${place(now - hours * 3_600_000)}%` }}>
            {hours === 0 ? t('overview.points.now') : format.clock(now - hours * 3_600_000)}
          </span>
        ))}
      </div>
      <div className={styles.legend}>
        {(['verified', 'unknown', 'failed'] as const).map((verdict) => (
          <span key={verdict}>
            <i className={`${styles.swatch} ${styles[verdict]}`} />
            {t(`overview.points.${verdict}`)}
          </span>
        ))}
        <span>
          <i className={`${styles.swatch} ${styles.gap}`} />
          {t('overview.gaps.legend')}
        </span>
        <span>{t('overview.points.note')}</span>
      </div>
    </div>
  );
}
