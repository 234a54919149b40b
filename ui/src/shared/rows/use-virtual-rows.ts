import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';

/** What a table needs to draw the rows in view. */
export type VirtualRows = ReturnType<typeof useVirtualRows>;

/** The next page is fetched when so few rows are left below. */
const AHEAD = 20;

/** Rows of a long table, of which only those in view are drawn; `more` fetches the next page. */
export function useVirtualRows(count: number, rowHeight: number, more: (() => void) | undefined) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 12,
    initialRect: { width: 1000, height: 600 },
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more && last >= count - AHEAD) more();
  }, [more, last, count]);
  return { scroller, virtual, items };
}
