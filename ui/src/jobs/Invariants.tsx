import { Table, type TableColumnsType } from 'antd';
import type { InvariantVerdict, InvariantView, Level } from '../api';
import { codeText } from '../i18n/code';
import { useTranslation } from '../i18n/use-translation';
import { Moment } from '../shared/format/Moment';
import { useFormat } from '../shared/format/use-format';
import { SentenceText } from '../shared/sentence/SentenceText';
import { type Verdict, VerdictTag } from '../shared/verdict/VerdictTag';
import styles from './jobs.module.css';

const VERDICTS: Record<InvariantVerdict, Verdict> = {
  holds: 'verified',
  broken: 'failed',
  not_judged: 'unknown',
};

interface InvariantsProps {
  invariants: InvariantView[];
  /** When each was judged, and how deep that verification went; none for those of one run. */
  judged?: { at: number; level: Level | null }[];
}

/** What must hold of every backup, and whether it does. */
export function Invariants({ invariants, judged }: InvariantsProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns: TableColumnsType<InvariantView> = [
    {
      title: t('invariants.rule'),
      key: 'rule',
      render: (_, { id }) => (
        <span className={styles.rule}>
          <code>{id}</code>
          <span>{codeText('invariant', id)}</span>
        </span>
      ),
    },
    {
      title: t('invariants.severity'),
      key: 'severity',
      render: (_, { severity }) => codeText('severity', severity) ?? severity,
    },
    {
      title: t('invariants.verdict'),
      key: 'verdict',
      render: (_, { verdict, reason, count }) => (
        <VerdictTag verdict={VERDICTS[verdict]}>
          {t(`invariants.verdicts.${verdict}`)}
          {verdict === 'broken' && ` · ${format.number(count)}`}
          {reason && ` · ${codeText('notJudged', reason) ?? reason}`}
        </VerdictTag>
      ),
    },
  ];
  if (judged) {
    columns.push({
      title: t('invariants.judged'),
      key: 'judged',
      render: (_, { verdict }, index) => {
        const known = judged[index];
        if (!known || verdict === 'not_judged') return '—';
        return (
          <>
            {known.level} · <Moment at={known.at} />
          </>
        );
      },
    });
  }
  const explained = invariants.filter(({ details }) => details.length > 0).map(({ id }) => id);
  return (
    <Table
      columns={columns}
      dataSource={invariants}
      rowKey="id"
      pagination={false}
      size="small"
      expandable={{
        expandedRowRender: ({ id, details, sentences, repair }) => (
          <div className={styles.findings}>
            <ul>
              {details.map((detail, at) => (
                <li key={detail}>
                  {/* What a verification by an earlier version left has no sentences. */}
                  <SentenceText sentence={sentences?.[at]} english={detail} />
                </li>
              ))}
            </ul>
            <p className={styles.note}>
              {codeText(id.startsWith('B-') ? 'repair' : 'repairGame', repair) ?? `${id}: ${repair}`}
            </p>
          </div>
        ),
        rowExpandable: ({ id }) => explained.includes(id),
        defaultExpandedRowKeys: explained,
        showExpandColumn: explained.length > 0,
      }}
    />
  );
}
