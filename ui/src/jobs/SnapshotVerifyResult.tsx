import { useNavigate } from '@tanstack/react-router';
import { Alert, Button, Popconfirm, Table, type TableColumnsType } from 'antd';
import { type SnapshotFinding, type SnapshotVerifyOutcome, useRun } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { describeFailure } from '../shared/describe';
import { ShortId } from '../shared/format/ShortId';
import { useFormat } from '../shared/format/use-format';
import { Facts } from '../shared/layout/Facts';
import { Panel } from '../shared/layout/Panel';
import { SentenceText } from '../shared/sentence/SentenceText';
import { VerdictTag } from '../shared/verdict/VerdictTag';
import { KindTag } from '../snapshots/KindTag';
import styles from './jobs.module.css';

interface Props {
  outcome: SnapshotVerifyOutcome;
  /** What the job was about: a game, or the database. */
  subject: string;
}

/** What came of holding snapshots against the games' logs. */
export function SnapshotVerifyResult({ outcome, subject }: Props) {
  const { t } = useTranslation();
  const format = useFormat();
  const { games, snapshots, problems, repaired, findings } = outcome;
  const left = problems - repaired;
  return (
    <Panel title={t('job.snapshots.title')} extra={<Repair outcome={outcome} subject={subject} />}>
      <div className={styles.result}>
        <VerdictTag verdict={left > 0 ? 'failed' : 'verified'} testId="snapshot-verify-result">
          {left > 0 ? t('job.snapshots.found', { count: left }) : t('job.snapshots.ok')}
        </VerdictTag>
        <Facts
          facts={[
            { label: t('job.snapshots.games'), value: format.number(games) },
            { label: t('job.snapshots.snapshots'), value: format.number(snapshots) },
            { label: t('job.snapshots.repaired'), value: format.number(repaired) },
          ]}
        />
        {findings.length > 0 && <Findings findings={findings} />}
      </div>
    </Panel>
  );
}

/** Makes again what the logs can; says first what that is. */
function Repair({ outcome: { findings }, subject }: Props) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const run = useRun('snapshot.verify', ({ jobId }) => {
    void navigate({ to: '/jobs/$jobId', params: { jobId } });
  });
  const count = findings.filter(({ repairable, repaired }) => repairable && !repaired).length;
  if (count === 0) return null;
  const game = findings.every((finding) => finding.game === subject) ? subject : null;
  return (
    <>
      {run.error && <Alert type="error" showIcon {...describeFailure(run.error)} />}
      <Popconfirm
        title={t('job.snapshots.repairTitle', { count })}
        description={t('job.snapshots.repairNote')}
        okText={t('job.snapshots.repair')}
        cancelText={t('common.cancel')}
        onConfirm={() => run.mutate({ game, repair: true })}
      >
        <Button type="primary" loading={run.isPending} data-testid="snapshot-repair">
          {t('job.snapshots.repair')}
        </Button>
      </Popconfirm>
    </>
  );
}

function Findings({ findings }: { findings: SnapshotFinding[] }) {
  const { t } = useTranslation();
  const columns: TableColumnsType<SnapshotFinding> = [
    {
      title: t('job.snapshots.fault'),
      key: 'fault',
      render: (_, { fault, rule }) => `${t(`job.snapshots.faults.${fault}`)} · ${rule}`,
    },
    { title: t('job.snapshots.kind'), key: 'kind', render: (_, { kind }) => <KindTag kind={kind} /> },
    { title: t('job.snapshots.game'), key: 'game', render: (_, { game }) => <ShortId id={game} /> },
    {
      title: t('job.snapshots.detail'),
      key: 'detail',
      render: (_, { sentence, detail }) => <SentenceText sentence={sentence} english={detail} />,
    },
    {
      title: t('job.snapshots.state'),
      key: 'state',
      render: (_, { repairable, repaired }) =>
        t(`job.snapshots.${repaired ? 'made' : repairable ? 'makeable' : 'byHand'}`),
    },
  ];
  return (
    <Table
      columns={columns}
      dataSource={findings}
      rowKey={({ snapshot, fault }) => `${snapshot} ${fault}`}
      pagination={false}
      size="small"
    />
  );
}
