import type { ReactNode } from 'react';
import type { VirtualRows } from './use-virtual-rows';

interface RowsTableProps<Column extends string> {
  label: string;
  rows: VirtualRows;
  /** How many rows there are, in view or not. */
  count: number;
  columns: readonly Column[];
  head: (column: Column) => ReactNode;
  /** Classes of the table at hand, made of those of rows.module.css. */
  styles: Readonly<Record<string, string>>;
  /** The tracks of a row, where they depend on the data. */
  tracks?: string;
  /** A row, placed this far from the top. */
  children: (index: number, top: number) => ReactNode;
}

/** A long table under a head that stays, of which only the rows in view are drawn. */
export function RowsTable<Column extends string>({
  label,
  rows: { scroller, virtual, items },
  count,
  columns,
  head,
  styles,
  tracks,
  children,
}: RowsTableProps<Column>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area has to be reachable by keyboard
    <div className={styles.scroller} ref={scroller} tabIndex={0} role="region" aria-label={label}>
      <table className={styles.table} aria-rowcount={count + 1}>
        <thead className={styles.head}>
          <tr className={styles.row} style={{ gridTemplateColumns: tracks }}>
            {columns.map((column) => (
              <th key={column} scope="col">
                {head(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className={styles.body} style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => children(index, start))}
        </tbody>
      </table>
    </div>
  );
}
