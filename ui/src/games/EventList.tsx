import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import type { GameView } from '../api';
import { codeText } from '../i18n/code';
import { useFormat, useNow } from '../shared/format/use-format';
import { OriginTag } from '../whatif/OriginTag';
import styles from './game.module.css';

const ROW_HEIGHT = 28;

/** All events the viewer may see; the one at hand is kept in view. */
export function EventList({ view, onGo }: { view: GameView; onGo: (seq: number) => void }) {
  const { t } = useTranslation();
  const format = useFormat();
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
              <button
                type="button"
                onClick={() => onGo(event.seq)}
                aria-current={event.seq === seq ? 'step' : undefined}
                data-testid="event-row"
              >
                <span className={styles.eventSeq}>{event.seq}</span>
                <span className={styles.eventKind}>{codeText('event', event.kind) ?? event.kind}</span>
                {event.moment && <span className={styles.moment}>{event.moment}</span>}
                <OriginTag origin={event.origin} />
                <span className={styles.eventTime}>{format.time(event.at, now)}</span>
              </button>
            </li>
          );
        })}
      </ol>
    </div>
  );
}
