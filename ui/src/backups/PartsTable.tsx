import { Table, type TableColumnsType } from 'antd';
import type { ClassPart, CollectionPart } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { ClassName } from '../shared/data-class';
import { useFormat } from '../shared/format/use-format';

/** What a set holds, class by class and collection by collection. */
export function PartsTable({ parts }: { parts: ClassPart[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns: TableColumnsType<ClassPart> = [
    { title: t('overview.classes.class'), key: 'class', render: (_, part) => <ClassName of={part.class} /> },
    {
      title: t('backup.parts.collections'),
      key: 'collections',
      render: (_, { collections }) => collections.map(({ name }) => name).join(', ') || '—',
    },
    {
      title: t('backups.column.documents'),
      key: 'documents',
      align: 'right',
      render: (_, { collections }) =>
        format.number(collections.reduce((sum, { documents }) => sum + documents, 0)),
    },
    {
      title: t('backup.parts.redisKeys'),
      key: 'redis',
      align: 'right',
      render: (_, { redisKeys }) => (redisKeys > 0 ? format.number(redisKeys) : '—'),
    },
    {
      title: t('backups.column.bytes'),
      key: 'bytes',
      align: 'right',
      render: (_, { bytes }) => format.bytes(bytes),
    },
    {
      title: t('backups.column.stored'),
      key: 'stored',
      align: 'right',
      render: (_, { storedBytes }) => format.bytes(storedBytes),
    },
  ];
  return (
    <Table
      columns={columns}
      dataSource={parts}
      rowKey="class"
      pagination={false}
      size="middle"
      expandable={{
        expandedRowRender: ({ collections }) => <Collections collections={collections} />,
        rowExpandable: ({ collections }) => collections.length > 0,
      }}
    />
  );
}

function Collections({ collections }: { collections: CollectionPart[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns: TableColumnsType<CollectionPart> = [
    { title: t('backup.parts.collection'), key: 'name', render: (_, { name }) => <code>{name}</code> },
    {
      title: t('backups.column.documents'),
      key: 'documents',
      align: 'right',
      render: (_, { documents }) => format.number(documents),
    },
    {
      title: t('backups.column.bytes'),
      key: 'bytes',
      align: 'right',
      render: (_, { bytes }) => format.bytes(bytes),
    },
    { title: t('backup.parts.indexes'), dataIndex: 'indexes', align: 'right' },
    {
      title: t('backup.parts.segments'),
      key: 'segments',
      align: 'right',
      render: (_, { segments, reusedSegments }) =>
        t('backup.parts.segmentsValue', {
          segments: format.number(segments),
          reused: format.number(reusedSegments),
        }),
    },
  ];
  return <Table columns={columns} dataSource={collections} rowKey="name" pagination={false} size="small" />;
}
