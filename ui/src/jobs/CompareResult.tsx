import { Table, type TableColumnsType } from 'antd';
import type { CollectionDifference, CompareOutcome, DifferenceExample, DifferenceKind } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { ClassName } from '../shared/data-class';
import { useFormat } from '../shared/format/use-format';
import { LinkButton } from '../shared/LinkButton';
import { Panel } from '../shared/layout/Panel';
import { VerdictTag } from '../shared/verdict/VerdictTag';
import styles from './jobs.module.css';

const KINDS: DifferenceKind[] = ['missing', 'extra', 'different'];

/** How a backup and live data differ. */
export function CompareResult({ outcome: { backup, equal, collections } }: { outcome: CompareOutcome }) {
  const { t } = useTranslation();
  return (
    <Panel title={t('job.compare.title')} flush>
      <div className={styles.compareHead}>
        <VerdictTag verdict={equal ? 'verified' : 'attention'} testId="compare-result">
          {equal ? t('job.compare.equal') : t('job.compare.differs')}
        </VerdictTag>
        <span className={styles.note}>{t('job.compare.note')}</span>
        {!equal && (
          <LinkButton look="primary" size="small" to="/restore" search={{ backup, step: 'scope' }}>
            {t('backups.restore')}
          </LinkButton>
        )}
      </div>
      <Differences collections={collections} />
    </Panel>
  );
}

function Differences({ collections }: { collections: CollectionDifference[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const amount = (value: number) =>
    value > 0 ? <strong>{format.number(value)}</strong> : <span className={styles.note}>0</span>;
  const columns: TableColumnsType<CollectionDifference> = [
    {
      title: t('backup.parts.collection'),
      key: 'collection',
      render: (_, row) => <code>{row.collection}</code>,
    },
    { title: t('overview.classes.class'), key: 'class', render: (_, row) => <ClassName of={row.class} /> },
    {
      title: t('job.compare.equalDocuments'),
      key: 'equal',
      align: 'right',
      render: (_, row) => format.number(row.equal),
    },
    ...KINDS.map((kind) => ({
      title: t(`job.compare.kind.${kind}`),
      key: kind,
      align: 'right' as const,
      render: (_: unknown, row: CollectionDifference) => amount(row[kind]),
    })),
    {
      title: t('job.compare.metadata'),
      key: 'metadata',
      render: (_, { metadata }) => (metadata.length > 0 ? metadata.join(', ') : '—'),
    },
  ];
  return (
    <Table
      columns={columns}
      dataSource={collections}
      rowKey={(row) => `${row.class} ${row.collection}`}
      pagination={false}
      size="middle"
      expandable={{
        expandedRowRender: ({ examples }) => <Examples examples={examples} />,
        rowExpandable: ({ examples }) => examples.length > 0,
      }}
    />
  );
}

function Examples({ examples }: { examples: DifferenceExample[] }) {
  const { t } = useTranslation();
  return (
    <div className={styles.examples}>
      {KINDS.map((kind) => {
        const ids = examples.filter((example) => example.kind === kind);
        if (ids.length === 0) return null;
        return (
          <div key={kind}>
            <h2>{t(`job.compare.kind.${kind}`)}</h2>
            <ul>
              {ids.map(({ id }) => (
                <li key={id}>
                  <code>{id}</code>
                </li>
              ))}
            </ul>
          </div>
        );
      })}
    </div>
  );
}
