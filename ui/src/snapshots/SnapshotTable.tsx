import { Link, useNavigate } from '@tanstack/react-router';
import { Checkbox } from 'antd';
import { useState } from 'react';
import type { SnapshotRow } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { Moment } from '../shared/format/Moment';
import { ShortId } from '../shared/format/ShortId';
import { useFormat } from '../shared/format/use-format';
import { useKeys } from '../shared/keys';
import { RowsTable } from '../shared/rows/RowsTable';
import { useVirtualRows } from '../shared/rows/use-virtual-rows';
import { KindTag } from './KindTag';
import styles from './snapshots.module.css';
import { useCompare } from './use-compare';

const ROW_HEIGHT = 40;
const COLUMNS = ['choose', 'taken', 'game', 'room', 'kind', 'event', 'bytes', 'expires'] as const;
/** Snapshots that are compared. */
const PAIR = 2;

interface SnapshotTableProps {
  rows: SnapshotRow[];
  /** Those to be compared, two at most. */
  chosen: SnapshotRow[];
  onChosen: (rows: SnapshotRow[]) => void;
  /** Fetches the next page; absent when there is none or it is on its way. */
  more: (() => void) | undefined;
}

/** Snapshots as rows, of which only those in view are drawn; two can be chosen. */
export function SnapshotTable({ rows, chosen, onChosen, more }: SnapshotTableProps) {
  const { t } = useTranslation();
  const drawn = useVirtualRows(rows.length, ROW_HEIGHT, more);
  const isChosen = ({ id }: SnapshotRow) => chosen.some((row) => row.id === id);
  const toggle = (row: SnapshotRow) => {
    if (isChosen(row)) onChosen(chosen.filter(({ id }) => id !== row.id));
    else if (chosen.length < PAIR) onChosen([...chosen, row]);
  };
  const at = useRowKeys({ rows, chosen, toggle, onMove: (index) => drawn.virtual.scrollToIndex(index) });
  return (
    <RowsTable
      label={t('snapshots.title')}
      rows={drawn}
      count={rows.length}
      columns={COLUMNS}
      head={(name) =>
        name === 'choose' ? (
          <span className={styles.unseen}>{t('snapshots.column.choose')}</span>
        ) : (
          t(`snapshots.column.${name}`)
        )
      }
      styles={styles}
    >
      {(index, top) => {
        const row = rows[index];
        return (
          row && (
            <Row
              key={row.id}
              row={row}
              index={index}
              top={top}
              at={index === at}
              chosen={isChosen(row)}
              full={chosen.length >= PAIR}
              onToggle={() => toggle(row)}
            />
          )
        );
      }}
    </RowsTable>
  );
}

interface RowKeys {
  rows: SnapshotRow[];
  chosen: SnapshotRow[];
  toggle: (row: SnapshotRow) => void;
  onMove: (index: number) => void;
}

/** Moves along the rows by keyboard; the place at hand. */
function useRowKeys({ rows, chosen, toggle, onMove }: RowKeys): number {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const compare = useCompare();
  const [at, setAt] = useState(0);
  const row = rows[at];
  const move = (by: number) => {
    const next = Math.min(rows.length - 1, Math.max(0, at + by));
    setAt(next);
    onMove(next);
  };
  const [first, second] = chosen;
  useKeys('snapshots.keys.list', [
    { key: 'ArrowDown', label: t('snapshots.keys.next'), run: () => move(1) },
    { key: 'ArrowUp', label: t('snapshots.keys.previous'), run: () => move(-1) },
    {
      key: 'Enter',
      label: t('snapshots.keys.open'),
      run: () => row && void navigate({ to: '/snapshots/$snapshotId', params: { snapshotId: row.id } }),
    },
    { key: 'x', label: t('snapshots.keys.choose'), run: () => row && toggle(row) },
    { key: 'c', label: t('snapshots.keys.compare'), run: () => first && second && compare(first, second) },
  ]);
  return Math.min(at, rows.length - 1);
}

interface RowProps {
  row: SnapshotRow;
  index: number;
  top: number;
  /** Whether the keys act on it. */
  at: boolean;
  chosen: boolean;
  /** Whether no more can be chosen. */
  full: boolean;
  onToggle: () => void;
}

function Row({ row, index, top, at, chosen, full, onToggle }: RowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <tr
      aria-rowindex={index + 2}
      className={`${styles.row} ${styles.dataRow} ${at ? styles.at : ''}`}
      style={{ transform: `translateY(${top}px)`, height: ROW_HEIGHT }}
      data-testid="snapshot-row"
      data-snapshot={row.id}
    >
      <td>
        <Checkbox
          checked={chosen}
          disabled={full && !chosen}
          onChange={onToggle}
          aria-label={t('snapshots.choose', { id: row.id })}
          data-testid="snapshot-choose"
        />
      </td>
      <td>
        <Link
          to="/snapshots/$snapshotId"
          params={{ snapshotId: row.id }}
          className={styles.open}
          data-testid="snapshot-open"
        >
          <Moment at={row.at} />
        </Link>
      </td>
      <td>
        <ShortId id={row.game} />
      </td>
      <td>{row.room ? <ShortId id={row.room} /> : <span className={styles.faint}>—</span>}</td>
      <td>
        <KindTag kind={row.kind} />
      </td>
      <td>
        {row.atSeq === null ? (
          <span className={styles.shut} title={t('snapshots.unreadable')}>
            {t('snapshots.unreadableShort')}
          </span>
        ) : (
          format.number(row.atSeq)
        )}
      </td>
      <td>{format.bytes(row.bytes)}</td>
      <td>{row.expiresAt === null ? '—' : <Expiry at={row.expiresAt} />}</td>
    </tr>
  );
}

/** The day a snapshot goes. */
function Expiry({ at }: { at: number }) {
  const format = useFormat();
  const text = format.absolute(at);
  return (
    <time dateTime={new Date(at).toISOString()} title={text}>
      {text.slice(0, 10)}
    </time>
  );
}
