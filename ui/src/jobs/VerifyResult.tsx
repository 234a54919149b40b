import { Table, type TableColumnsType } from 'antd';
import type { ObjectProblem, VerifyOutcome } from '../api';
import { codeText } from '../i18n/code';
import { useTranslation } from '../i18n/use-translation';
import { ShortId } from '../shared/format/ShortId';
import { useFormat } from '../shared/format/use-format';
import { Facts } from '../shared/layout/Facts';
import { Panel } from '../shared/layout/Panel';
import { CoverageNote } from '../shared/verdict/CoverageNote';
import { VerdictTag } from '../shared/verdict/VerdictTag';
import { Invariants } from './Invariants';
import styles from './jobs.module.css';

/** What a verification looked at and found. */
export function VerifyResult({ outcome, wholeStore }: { outcome: VerifyOutcome; wholeStore: boolean }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { ok, level, objects, bytes, problems, coverage, invariants } = outcome;
  const broken = invariants.filter(({ verdict }) => verdict === 'broken').length;
  return (
    <Panel title={wholeStore ? t('job.check.title') : t('job.verify.title')}>
      <div className={styles.result}>
        <VerdictTag verdict={ok ? (broken > 0 ? 'attention' : 'verified') : 'failed'} testId="verify-result">
          {ok
            ? t(broken > 0 ? 'job.verify.sound' : 'job.verify.ok')
            : t('job.verify.found', { count: problems.length })}
          {broken > 0 && ` · ${t('verdict.findings', { count: broken })}`}
        </VerdictTag>
        <Facts
          facts={[
            {
              label: t('job.verify.level'),
              value: (
                <>
                  {level ? `${level} · ${t(`backup.ladder.name.${level}`)}` : t('verdict.noLevel')}
                  {coverage && !coverage.complete && ` · ${t('backup.ladder.sampled')}`}
                </>
              ),
            },
            { label: t('job.verify.objects'), value: format.number(objects) },
            { label: t('job.verify.bytes'), value: format.bytes(bytes) },
          ]}
        />
        {coverage && <CoverageNote coverage={coverage} />}
        {invariants.length > 0 && <Invariants invariants={invariants} />}
        {problems.length > 0 && <Problems problems={problems} />}
      </div>
    </Panel>
  );
}

function Problems({ problems }: { problems: ObjectProblem[] }) {
  const { t } = useTranslation();
  const columns: TableColumnsType<ObjectProblem> = [
    {
      title: t('job.verify.kind'),
      key: 'kind',
      render: (_, { kind }) => codeText('objectProblem', kind) ?? kind,
    },
    { title: t('job.verify.object'), key: 'object', render: (_, { object }) => <ShortId id={object} full /> },
    { title: t('job.verify.detail'), dataIndex: 'detail' },
  ];
  return (
    <Table
      columns={columns}
      dataSource={problems}
      rowKey={({ object, kind, detail }) => `${object} ${kind} ${detail}`}
      pagination={false}
      size="small"
    />
  );
}
