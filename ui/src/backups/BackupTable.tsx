import { PushpinOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { Table, type TableColumnsType, Tooltip } from 'antd';
import type { SorterResult } from 'antd/es/table/interface';
import { useMemo, useState } from 'react';
import type { BackupView } from '../api';
import { codeText } from '../i18n/code';
import { useTranslation } from '../i18n/use-translation';
import { DATA_CLASSES } from '../shared/data-class';
import { Moment } from '../shared/format/Moment';
import { ShortId } from '../shared/format/ShortId';
import { useFormat } from '../shared/format/use-format';
import { LinkButton } from '../shared/LinkButton';
import { VerificationTag } from '../shared/verdict/VerificationTag';
import { BackupMenu } from './BackupMenu';
import styles from './backups.module.css';
import { ChainMark, COLUMN } from './ChainMark';
import { type ChainPlace, placeChains } from './chains';

/** Rows from which on only those in view are drawn. */
const VIRTUAL_FROM = 100;

/** Columns that the overview has no room for. */
const SPACIOUS = ['chain', 'method', 'bytes'];

interface BackupTableProps {
  backups: BackupView[];
  /** Leaves out what the overview has no room for. */
  compact?: boolean;
}

/** Backup sets, newest first, each with what can be done with it. */
export function BackupTable({ backups, compact = false }: BackupTableProps) {
  const [byTime, setByTime] = useState(true);
  const all = useColumns(backups, byTime);
  const virtual = backups.length > VIRTUAL_FROM;
  const columns = compact ? all.filter(({ key }) => !SPACIOUS.includes(String(key))) : all.map(roomy);
  return (
    <Table
      columns={columns}
      dataSource={backups}
      rowKey="id"
      pagination={false}
      size="middle"
      onChange={(_pages, _filters, sorter) => setByTime(isByTime(sorter))}
      virtual={virtual}
      scroll={virtual ? { y: 640, x: 1000 } : undefined}
      onRow={({ id }) => ({ 'data-testid': 'backup-row', 'data-backup': id }) as object}
    />
  );
}

/** The id gives way where all columns do not fit; the backup's own screen shows it. */
function roomy(column: TableColumnsType<BackupView>[number]): TableColumnsType<BackupView>[number] {
  return column.key === 'id' ? { ...column, responsive: ['xxl'] } : column;
}

/** Whether rows stand newest first, as the drawing of chains needs them. */
function isByTime(sorter: SorterResult<BackupView> | SorterResult<BackupView>[]): boolean {
  return !Array.isArray(sorter) && sorter.columnKey === 'moment' && sorter.order === 'descend';
}

const ALONE: ChainPlace = { lane: 0, passing: [], above: false, below: false };

function chainPlaces(backups: BackupView[]): Map<string, ChainPlace> {
  const newestFirst = [...backups].sort((a, b) => b.consistentAt - a.consistentAt);
  const places = placeChains(newestFirst);
  return new Map(newestFirst.map(({ id }, index) => [id, places[index] ?? ALONE]));
}

function useColumns(backups: BackupView[], byTime: boolean): TableColumnsType<BackupView> {
  const { t } = useTranslation();
  const format = useFormat();
  const places = useMemo(() => chainPlaces(backups), [backups]);
  const columns = byTime ? Math.max(1, ...[...places.values()].map(({ lane }) => lane + 1)) : 1;
  return [
    {
      title: <span className="visually-hidden">{t('backups.column.chain')}</span>,
      key: 'chain',
      className: styles.chainCell,
      width: columns * COLUMN + 24,
      render: (_, backup) => {
        const place = byTime ? places.get(backup.id) : undefined;
        return <ChainMark backup={backup} place={place ?? ALONE} columns={columns} />;
      },
    },
    {
      title: t('backups.column.moment'),
      key: 'moment',
      className: styles.short,
      defaultSortOrder: 'descend',
      sorter: (a, b) => a.consistentAt - b.consistentAt,
      render: (_, { id, consistentAt }) => (
        <Link to="/backups/$backupId" params={{ backupId: id }} data-testid="backup-open">
          <Moment at={consistentAt} show="time" />
        </Link>
      ),
    },
    { title: t('backups.column.id'), key: 'id', render: (_, { id }) => <ShortId id={id} /> },
    {
      title: t('backups.column.classes'),
      key: 'classes',
      render: (_, { classes, complete }) =>
        complete
          ? t('backups.complete')
          : DATA_CLASSES.filter((name) => classes.includes(name))
              .map((name) => t(`dataClass.${name}`))
              .join(t('common.listSeparator')),
    },
    {
      title: t('backups.column.method'),
      key: 'method',
      render: (_, { method, instead, preImage, pointInTime, pinned }) => (
        <>
          {t(`backups.method.${method}`)}
          {instead && (
            <Tooltip title={codeText('insteadReason', instead.reason) ?? instead.reason}>
              <span className={styles.origin}>
                {t('backups.insteadOf', { asked: t(`backups.method.${instead.asked}`) })}
              </span>
            </Tooltip>
          )}
          {pinned && (
            <span className={styles.origin}>
              <PushpinOutlined aria-hidden /> {t('pin.pinned', { reason: pinned.reason })}
            </span>
          )}
          {preImage && <span className={styles.origin}>{t('backups.preImage')}</span>}
          {pointInTime && <span className={styles.origin}>{t('points.tag')}</span>}
        </>
      ),
    },
    {
      title: t('backups.column.verification'),
      key: 'verification',
      render: (_, { verification }) => <VerificationTag verification={verification} />,
    },
    {
      title: t('backups.column.documents'),
      key: 'documents',
      className: styles.short,
      align: 'right',
      sorter: (a, b) => a.documents - b.documents,
      render: (_, { documents }) => format.number(documents),
    },
    {
      title: t('backups.column.bytes'),
      key: 'bytes',
      className: styles.short,
      align: 'right',
      sorter: (a, b) => a.bytes - b.bytes,
      render: (_, { bytes }) => format.bytes(bytes),
    },
    {
      title: t('backups.column.stored'),
      key: 'stored',
      className: styles.short,
      align: 'right',
      sorter: (a, b) => a.storedBytes - b.storedBytes,
      render: (_, { storedBytes }) => format.bytes(storedBytes),
    },
    {
      title: <span className="visually-hidden">{t('backups.column.actions')}</span>,
      key: 'actions',
      align: 'right',
      render: (_, { id }) => (
        <span className={styles.actions}>
          <LinkButton
            size="small"
            to="/restore"
            search={{ backup: id, step: 'scope' }}
            data-testid="restore-start"
          >
            {t('backups.restore')}
          </LinkButton>
          <BackupMenu backup={id} />
        </span>
      ),
    },
  ];
}
