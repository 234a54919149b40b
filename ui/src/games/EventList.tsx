import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useEffect, useRef } from 'react';
import type { EventView, GameView } from '../api';
import { codeText } from '../i18n/code';
import { useTranslation } from '../i18n/use-translation';
import { useFormat, useNow } from '../shared/format/use-format';
import { OriginTag } from '../whatif/OriginTag';
import styles from './game.module.css';

const ROW_HEIGHT = 28;

/** All events the viewer may see; the one at hand is kept in view. */
export function EventList({ view, onGo }: { view: GameView; onGo: (seq: number) => void }) {
  const { t } = useTranslation();
  const now = useNow(60_000);
  const scroller = useRef<HTMLDivElement>(null);
  const { events, seq } = view;
  const rows = useVirtualizer({
    count: events.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 10,
    initialRect: { width: 300, height: 400 },
  });
  const current = events.findIndex((event) => event.seq === seq);
  useEffect(() => {
    if (current >= 0) rows.scrollToIndex(current, { align: 'auto' });
  }, [rows, current]);
  return (
    <div className={styles.eventScroller} ref={scroller}>
      <ol className={styles.events} style={{ height: rows.getTotalSize() }} aria-label={t('game.tab.events')}>
        {rows.getVirtualItems().map(({ index, start }) => {
          const event = events[index];
          if (!event) return null;
          return (
            <li key={event.seq} style={{ transform: `translateY(${start}px)`, height: ROW_HEIGHT }}>
              <Row event={event} current={event.seq === seq} now={now} onGo={onGo} />
            </li>
          );
        })}
      </ol>
    </div>
  );
}

interface RowProps {
  event: EventView;
  current: boolean;
  now: number;
  onGo: (seq: number) => void;
}

/** A step, and a scroll that it brings about, draw only the rows that change. */
const Row = memo(function Row({ event: { seq, kind, moment, at, origin }, current, now, onGo }: RowProps) {
  const format = useFormat();
  return (
    <button
      type="button"
      onClick={() => onGo(seq)}
      aria-current={current ? 'step' : undefined}
      data-testid="event-row"
    >
      <span className={styles.eventSeq}>{seq}</span>
      <span className={styles.eventKind}>{codeText('event', kind) ?? kind}</span>
      {moment && <span className={styles.moment}>{moment}</span>}
      <OriginTag origin={origin} />
      <span className={styles.eventTime}>{format.time(at, now)}</span>
    </button>
  );
});
