import type { ReactNode } from 'react';
import { type PointGap, type Points, useRead } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { useFormat, useNow } from '../shared/format/use-format';
import { Panel } from '../shared/layout/Panel';
import { ReadView } from '../shared/layout/ReadView';
import { StandingJob } from '../shared/StandingJob';
import { PointBar } from './PointBar';
import styles from './points.module.css';

const EVERY_MS = 10_000;
/** Gaps listed; the bar shows them all. */
const LISTED = 5;

/** The points in time that can be restored, who follows, and what is missing. */
export function PointsPanel({ children }: { children?: ReactNode }) {
  const { t } = useTranslation();
  const read = useRead('point.list', {}, { every: EVERY_MS });
  return (
    <Panel title={t('points.title')} extra={read.data && <Following points={read.data} />}>
      <ReadView read={read} label={t('points.loading')}>
        {(points) => (
          <div className={styles.panel} data-testid="points">
            <Reach points={points} />
            {points.ranges.length > 0 && children}
          </div>
        )}
      </ReadView>
    </Panel>
  );
}

function Reach({ points }: { points: Points }) {
  const { t } = useTranslation();
  const now = useNow();
  if (points.ranges.length === 0) {
    return <p className={styles.note}>{t(points.followedBy ? 'points.soon' : 'points.none')}</p>;
  }
  return (
    <>
      <PointBar points={points} now={now} />
      {points.gaps.length > 0 && <Gaps gaps={points.gaps} />}
    </>
  );
}

function Gaps({ gaps }: { gaps: PointGap[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <ul className={styles.gaps}>
      {gaps.slice(-LISTED).map((gap) => (
        <li key={gap.fromMs}>
          <strong>
            {format.absolute(gap.fromMs)} – {gap.toMs === null ? t('points.now') : format.clock(gap.toMs)}
          </strong>
          <span>
            {t(`points.gap.${gap.reason}`)}
            {gap.cure !== 'none' && ` ${t(`points.cure.${gap.cure}`)}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Whether the event log is written at the moment, and the switch for it. */
function Following({ points }: { points: Points }) {
  const { t } = useTranslation();
  return (
    <StandingJob
      job={points.followedBy}
      operation="backup.follow"
      texts={{
        idle: t('points.notFollowed'),
        start: t('points.start'),
        atWork: t('points.followed'),
        stop: t('points.stop'),
      }}
      testId="follow"
      atWorkId="followed"
    />
  );
}
