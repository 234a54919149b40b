import { Table, type TableColumnsType } from 'antd';
import type { CollectionChange } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { ClassName } from '../shared/data-class';
import { useFormat } from '../shared/format/use-format';
import styles from './restore.module.css';

/** What would change, collection by collection. */
export function ChangesTable({ changes }: { changes: CollectionChange[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const amount = (value: number, sign: string) =>
    value > 0 ? (
      <strong>
        {sign}
        {format.number(value)}
      </strong>
    ) : (
      <span className={styles.zero}>0</span>
    );
  const columns: TableColumnsType<CollectionChange> = [
    {
      title: t('backup.parts.collection'),
      key: 'collection',
      render: (_, row) => <code>{row.collection}</code>,
    },
    { title: t('overview.classes.class'), key: 'class', render: (_, row) => <ClassName of={row.class} /> },
    {
      title: t('restore.plan.live'),
      key: 'live',
      align: 'right',
      render: (_, row) => format.number(row.liveDocuments),
    },
    {
      title: t('restore.plan.restored'),
      key: 'restored',
      align: 'right',
      render: (_, row) => format.number(row.restoredDocuments),
    },
    {
      title: t('restore.plan.added'),
      key: 'added',
      align: 'right',
      render: (_, row) => amount(row.added, '+'),
    },
    {
      title: t('restore.plan.removed'),
      key: 'removed',
      align: 'right',
      render: (_, row) => amount(row.removed, '−'),
    },
    {
      title: t('restore.plan.changed'),
      key: 'changed',
      align: 'right',
      render: (_, row) => amount(row.changed, ''),
    },
    {
      title: t('restore.plan.method'),
      key: 'method',
      render: (_, row) => {
        const alone = row.method === 'documents';
        return alone && row.added + row.removed + row.changed === 0 ? (
          <span className={styles.zero}>{t('restore.method.none')}</span>
        ) : (
          t(`restore.method.${row.method}`)
        );
      },
    },
    { title: t('backup.parts.indexes'), dataIndex: 'indexes', key: 'indexes', align: 'right' },
  ];
  return (
    <Table
      columns={columns}
      dataSource={changes}
      rowKey={(row) => `${row.class} ${row.collection}`}
      pagination={false}
      size="small"
    />
  );
}
