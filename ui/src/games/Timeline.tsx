import { type KeyboardEvent, memo, type PointerEvent } from 'react';
import type { EventView, FindingView, GameView, SnapshotMoment } from '../api';
import { codeText } from '../i18n/code';
import { useTranslation } from '../i18n/use-translation';
import { isNote } from './severity';
import styles from './timeline.module.css';

interface TimelineProps {
  view: GameView;
  snapshots: SnapshotMoment[];
  onGo: (seq: number) => void;
}

/** All events on one strip: key moments as gems, findings as flags, snapshots as marks; dragging scrubs. */
export function Timeline({ view, snapshots, onGo }: TimelineProps) {
  const { t } = useTranslation();
  const { events, findings, seq, lastSeq } = view;
  const current = events.find((event) => event.seq === seq);

  const scrub = (event: PointerEvent<HTMLDivElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    const fraction = Math.min(1, Math.max(0, (event.clientX - left) / width));
    onGo(Math.round(1 + fraction * (lastSeq - 1)));
  };
  const jump = (event: KeyboardEvent) => {
    const to = { Home: 1, End: lastSeq, PageUp: seq - 10, PageDown: seq + 10 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    onGo(Math.min(lastSeq, Math.max(1, to)));
  };

  return (
    <div
      className={styles.strip}
      role="slider"
      tabIndex={0}
      aria-label={t('game.timeline')}
      aria-valuemin={1}
      aria-valuemax={lastSeq}
      aria-valuenow={seq}
      aria-valuetext={`${seq} ${current ? (codeText('event', current.kind) ?? current.kind) : ''}`}
      data-testid="game-timeline"
      onKeyDown={jump}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        scrub(event);
      }}
      onPointerMove={(event) => event.buttons === 1 && scrub(event)}
    >
      <div className={styles.line} />
      <div className={styles.past} style={{ transform: `scaleX(${share(seq, lastSeq) / 100})` }} />
      <Ticks events={events} lastSeq={lastSeq} />
      <Gems events={events} seq={seq} lastSeq={lastSeq} />
      <Marks snapshots={snapshots} findings={findings} lastSeq={lastSeq} />
      <div className={styles.cursor} style={{ transform: `translateX(${percent(seq, lastSeq)})` }} />
    </div>
  );
}

/** Where an event stands along the strip, in hundredths of its length. */
function share(at: number, lastSeq: number): number {
  return lastSeq > 1 ? ((at - 1) / (lastSeq - 1)) * 100 : 0;
}

function percent(at: number, lastSeq: number): string {
  return `${share(at, lastSeq)}%`;
}

const Ticks = memo(function Ticks({ events, lastSeq }: { events: EventView[]; lastSeq: number }) {
  const lines = events.map(({ seq }) => `M${seq - 1} 0v1`).join('');
  return (
    <svg
      className={styles.ticks}
      viewBox={`0 0 ${Math.max(1, lastSeq - 1)} 1`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path d={lines} vectorEffect="non-scaling-stroke" />
    </svg>
  );
});

interface MarksProps {
  snapshots: SnapshotMoment[];
  findings: FindingView[];
  lastSeq: number;
}

/** Snapshots as marks, findings as flags. */
const Marks = memo(function Marks({ snapshots, findings, lastSeq }: MarksProps) {
  return (
    <>
      {snapshots.map(
        ({ id, seq }) =>
          seq <= lastSeq && (
            <i
              key={id}
              className={styles.snapshot}
              style={{ left: percent(seq, lastSeq) }}
              data-testid="timeline-snapshot"
            />
          ),
      )}
      {findings.map(
        ({ id, severity, seq, detail }) =>
          seq !== null && (
            <svg
              key={`${id} ${seq} ${detail}`}
              className={isNote(severity) ? `${styles.flag} ${styles.flagNote}` : styles.flag}
              style={{ left: percent(seq, lastSeq) }}
              viewBox="0 0 12 14"
              aria-hidden="true"
            >
              <path d="M1 0v14M1 1h10l-3 3.500 3 3.500H1" />
            </svg>
          ),
      )}
    </>
  );
});

/** Labels of gems closer than this share of the strip would run into each other. */
const LABEL_SHARE = 2.4;

interface GemsProps {
  events: EventView[];
  seq: number;
  lastSeq: number;
}

function Gems({ events, seq, lastSeq }: GemsProps) {
  let lastLabel = [-LABEL_SHARE, -LABEL_SHARE];
  return events
    .filter(({ moment }) => moment !== null)
    .map((event) => {
      const at = share(event.seq, lastSeq);
      const row = lastLabel.findIndex((label) => at - label >= LABEL_SHARE);
      if (row >= 0) lastLabel = lastLabel.with(row, at);
      return <Gem key={event.seq} at={at} past={event.seq <= seq} row={row} moment={event.moment} />;
    });
}

interface GemProps {
  at: number;
  past: boolean;
  /** Above the strip, below it, or without a label. */
  row: number;
  moment: string | null;
}

const Gem = memo(function Gem({ at, past, row, moment }: GemProps) {
  return (
    <div className={`${styles.gem} ${past ? styles.gemPast : ''}`} style={{ left: `${at}%` }}>
      <svg viewBox="0 0 12 16" aria-hidden="true">
        <path d="M6 0l6 8-6 8-6-8z" />
      </svg>
      {row >= 0 && <span className={row === 0 ? styles.above : styles.below}>{moment}</span>}
    </div>
  );
});
