import { Tooltip } from 'antd';
import type { Points } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { useFormat } from '../shared/format/use-format';
import styles from './points.module.css';

interface PointBarProps {
  points: Points;
  now: number;
}

/** What can be restored over time, and the gaps. */
export function PointBar({ points, now }: PointBarProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const start = points.ranges[0]?.fromMs ?? now;
  const span = Math.max(1, now - start);
  const place = (at: number) => Math.min(100, Math.max(0, ((at - start) / span) * 100));
  const width = (from: number, to: number) => Math.max(0.4, place(to) - place(from));
  return (
    <div>
      <ul className={styles.bar} data-testid="point-bar">
        {points.ranges.map(({ from, fromMs, toMs }) => {
          const words = t('points.range', { from: format.absolute(fromMs), to: format.absolute(toMs) });
          return (
            <Tooltip key={from} title={words}>
              <li
                className={styles.range}
                style={{ left: `${place(fromMs)}%`, width: `${width(fromMs, toMs)}%` }}
              >
                <span className="visually-hidden">{words}</span>
              </li>
            </Tooltip>
          );
        })}
        {points.gaps.map(({ fromMs, toMs, reason }) => {
          const words = t(`points.gap.${reason}`);
          const end = toMs ?? now;
          return (
            <Tooltip key={fromMs} title={words}>
              <li
                className={styles.gap}
                style={{ left: `${place(fromMs)}%`, width: `${width(fromMs, end)}%` }}
              >
                <span className="visually-hidden">{words}</span>
              </li>
            </Tooltip>
          );
        })}
      </ul>
      <div className={styles.ends} aria-hidden="true">
        <span>{format.absolute(start)}</span>
        <span>{t('points.now')}</span>
      </div>
    </div>
  );
}
