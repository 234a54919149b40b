import { useState } from 'react';
import type { DocumentRow } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { useFormat } from '../shared/format/use-format';
import { useKeys } from '../shared/keys';
import { RowsTable } from '../shared/rows/RowsTable';
import { useVirtualRows } from '../shared/rows/use-virtual-rows';
import styles from './browse.module.css';
import { plainId } from './plain-id';

const ROW_HEIGHT = 36;
/** Columns of fields that a table has room for. */
const FIELDS = 5;
/** The columns beside the fields; a field may have their names. */
const ID = 'id';
const BYTES = 'bytes';
/** What stands before a field's name in its column. */
const FIELD = 'field:';

interface DocumentTableProps {
  rows: DocumentRow[];
  /** Whether they are keys of Redis. */
  keys: boolean;
  /** Fetches the next page; absent when there is none or it is on its way. */
  more: (() => void) | undefined;
  /** The document that is open beside the table. */
  open: string | undefined;
  onOpen: (key: string) => void;
}

/** Documents as rows, of which only those in view are drawn; the first fields are columns. */
export function DocumentTable({ rows, keys, more, open, onOpen }: DocumentTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [at, setAt] = useState(() =>
    Math.max(
      0,
      rows.findIndex(({ key }) => key === open),
    ),
  );
  const drawn = useVirtualRows(rows.length, ROW_HEIGHT, more);
  const move = (by: number) => {
    const next = Math.min(rows.length - 1, Math.max(0, at + by));
    setAt(next);
    drawn.virtual.scrollToIndex(next);
  };
  useKeys(t('browse.title'), [
    { key: 'ArrowDown', label: t('browse.keys.next'), run: () => move(1) },
    { key: 'ArrowUp', label: t('browse.keys.previous'), run: () => move(-1) },
    { key: 'Enter', label: t('browse.keys.open'), run: () => rows[at] && onOpen(rows[at].key) },
  ]);
  const names = columnsOf(rows);
  const tracks = `minmax(172px, 1.5fr) ${'minmax(64px, 1fr) '.repeat(names.length)}60px`;
  const head = (column: string) => {
    if (column === ID) return keys ? t('browse.key') : '_id';
    if (column === BYTES) return t('backups.column.bytes');
    const name = column.slice(FIELD.length);
    return keys ? t(`browse.redisField.${knownField(name)}`, { name }) : name;
  };
  return (
    <RowsTable
      label={t('browse.table')}
      rows={drawn}
      count={rows.length}
      columns={[ID, ...names.map((name) => `${FIELD}${name}`), BYTES]}
      head={head}
      styles={styles}
      tracks={tracks}
    >
      {(index, top) => {
        const row = rows[index];
        if (!row) return null;
        return (
          // The button in it and Enter do the same by keyboard.
          <tr
            key={row.key}
            aria-rowindex={index + 2}
            aria-selected={index === at}
            className={`${styles.row} ${styles.dataRow} ${index === at ? styles.at : ''}`}
            style={{
              transform: `translateY(${top}px)`,
              height: ROW_HEIGHT,
              gridTemplateColumns: tracks,
            }}
            onClick={() => {
              setAt(index);
              onOpen(row.key);
            }}
            data-testid="browse-row"
          >
            <td>
              <button type="button" className={styles.open} data-testid="browse-open">
                {plainId(row.id)}
              </button>
            </td>
            {names.map((name) => (
              <Cell key={name} row={row} name={name} />
            ))}
            <td>{format.bytes(row.bytes)}</td>
          </tr>
        );
      }}
    </RowsTable>
  );
}

function Cell({ row, name }: { row: DocumentRow; name: string }) {
  const field = row.fields.find((one) => one.name === name);
  if (!field) return <td className={styles.faint}>—</td>;
  return (
    <td title={`${field.kind}: ${field.text}`} className={styles[`kind_${field.kind}`]}>
      {field.text}
    </td>
  );
}

/** The fields that most of the rows have, in the order in which they appear. */
function columnsOf(rows: DocumentRow[]): string[] {
  const seen = new Map<string, number>();
  for (const { fields } of rows.slice(0, 50)) {
    for (const { name } of fields) seen.set(name, (seen.get(name) ?? 0) + 1);
  }
  const names = [...seen.keys()];
  const common = [...names].sort((a, b) => (seen.get(b) ?? 0) - (seen.get(a) ?? 0)).slice(0, FIELDS);
  return names.filter((name) => common.includes(name));
}

const REDIS_FIELDS = ['type', 'value', 'expireAt'] as const;

function knownField(name: string) {
  return REDIS_FIELDS.find((known) => known === name) ?? 'other';
}
