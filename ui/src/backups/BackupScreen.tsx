import { DiffOutlined, ExportOutlined, FolderViewOutlined } from '@ant-design/icons';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Alert, Button } from 'antd';
import { type BackupDetail, type Failure, type Level, useRead, useRun } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { Invariants } from '../jobs/Invariants';
import { JobResult } from '../jobs/JobResult';
import { describeFailure } from '../shared/describe';
import { useDialog } from '../shared/dialog';
import { CopyCommand } from '../shared/format/CopyCommand';
import { Moment } from '../shared/format/Moment';
import { ShortId } from '../shared/format/ShortId';
import { useFormat } from '../shared/format/use-format';
import { JobCard } from '../shared/job/JobCard';
import { LinkButton } from '../shared/LinkButton';
import { type Fact, Facts } from '../shared/layout/Facts';
import { Panel } from '../shared/layout/Panel';
import { ReadView } from '../shared/layout/ReadView';
import { Screen } from '../shared/layout/Screen';
import { VerificationTag } from '../shared/verdict/VerificationTag';
import { Ladder } from './Ladder';
import { PartsTable } from './PartsTable';
import { PinButton } from './PinButton';
import { VerificationHistory } from './VerificationHistory';

const route = getRouteApi('/backups/$backupId');

/** One backup set: what it holds, what is proven of it, and what can be done with it. */
export function BackupScreen() {
  const { t } = useTranslation();
  const { backupId } = route.useParams();
  const read = useRead('backup.show', { id: backupId });
  return (
    <ReadView
      read={read}
      label={t('backup.loading')}
      action={
        <LinkButton to="/backups" look="primary">
          {t('backup.toList')}
        </LinkButton>
      }
    >
      {(detail) => <BackupContent detail={detail} />}
    </ReadView>
  );
}

function BackupContent({ detail }: { detail: BackupDetail }) {
  const { t } = useTranslation();
  const { job } = route.useSearch();
  const navigate = route.useNavigate();
  const { summary, parts, verifications, invariants } = detail;
  const showJob = ({ jobId }: { jobId: string }) =>
    void navigate({ search: (current) => ({ ...current, job: jobId }), replace: true });
  const verify = useRun('backup.verify');
  const compare = useDialog('compare', summary.id);
  const dump = useDialog('export', summary.id);
  const startVerify = (level: Level, samplePercent: number) =>
    verify.mutate({ backup: summary.id, level, samplePercent }, { onSuccess: showJob });
  return (
    <Screen
      testId="backup-detail"
      title={
        <>
          {t('backup.title')} <Moment at={summary.consistentAt} show="time" />
        </>
      }
      subtitle={<ShortId id={summary.id} full />}
      actions={
        <>
          <PinButton backup={summary} />
          <CopyCommand command={`avault backup show ${summary.id}`} />
          <Button icon={<DiffOutlined aria-hidden />} onClick={compare} data-testid="backup-compare">
            {t('backup.compare')}
          </Button>
          <Button icon={<ExportOutlined aria-hidden />} onClick={dump} data-testid="backup-export">
            {t('backup.export')}
          </Button>
          <LinkButton
            icon={<FolderViewOutlined aria-hidden />}
            to="/backups/$backupId/browse"
            params={{ backupId: summary.id }}
            data-testid="backup-browse"
          >
            {t('backup.browse')}
          </LinkButton>
          <LinkButton
            look="primary"
            to="/restore"
            search={{ backup: summary.id, step: 'scope' }}
            data-testid="restore-start"
          >
            {t('backups.restore')}
          </LinkButton>
        </>
      }
    >
      <StartFailure failure={verify.error} />
      {job && <JobCard id={job}>{(ended) => <JobResult job={ended} />}</JobCard>}
      <Panel title={t('backup.facts.title')}>
        <Facts facts={useBackupFacts(detail)} />
      </Panel>
      <Ladder
        best={summary.verification}
        backup={summary.id}
        starting={verify.isPending}
        onVerify={startVerify}
      />
      {invariants.length > 0 && (
        <Panel title={t('invariants.title')} flush>
          <Invariants invariants={invariants.map(({ invariant }) => invariant)} judged={invariants} />
        </Panel>
      )}
      <Panel title={t('backup.parts.title')} flush>
        <PartsTable parts={parts} />
      </Panel>
      <Panel title={t('backup.history.title')}>
        <VerificationHistory verifications={verifications} />
      </Panel>
    </Screen>
  );
}

function StartFailure({ failure }: { failure: Failure | null }) {
  if (!failure) return null;
  const { message, hint } = describeFailure(failure);
  return <Alert type="error" showIcon title={message} description={hint} />;
}

function useBackupFacts({ summary, mechanism, serverVersion, toolVersion, keyEpoch }: BackupDetail): Fact[] {
  const { t } = useTranslation();
  const format = useFormat();
  const known = mechanism === 'oplog' || mechanism === 'change_stream';
  const methods = [
    t(`backups.method.${summary.method}`),
    summary.preImage && t('backups.preImage'),
    summary.pointInTime,
  ];
  return [
    { label: t('backup.facts.consistent'), value: format.absolute(summary.consistentAt) },
    { label: t('backup.facts.clusterTime'), value: <code>{summary.clusterTime}</code> },
    {
      label: t('backup.facts.took'),
      value: format.duration((summary.committedAt - summary.startedAt) / 1000),
    },
    {
      label: t('backups.column.verification'),
      value: <VerificationTag verification={summary.verification} />,
    },
    { label: t('backup.facts.database'), value: summary.database },
    {
      label: t('backups.column.method'),
      value: methods.filter(Boolean).join(t('common.listSeparator')),
    },
    ...(summary.base
      ? [
          {
            label: t('backup.facts.base'),
            value: (
              <Link to="/backups/$backupId" params={{ backupId: summary.base }}>
                …{summary.base.slice(-6)}
              </Link>
            ),
          },
        ]
      : []),
    ...(summary.pinned ? [{ label: t('pin.reason'), value: summary.pinned.reason }] : []),
    { label: t('backups.column.documents'), value: format.number(summary.documents) },
    {
      label: t('backup.facts.size'),
      value: t('backup.facts.sizeValue', {
        bytes: format.bytes(summary.bytes),
        stored: format.bytes(summary.storedBytes),
      }),
    },
    {
      label: t('backup.facts.mechanism'),
      value: known ? t(`backup.mechanism.${mechanism}`) : mechanism,
    },
    { label: t('backup.facts.server'), value: `MongoDB ${serverVersion}` },
    { label: t('backup.facts.tool'), value: `avalon-vault ${toolVersion}` },
    { label: t('backup.facts.keyEpoch'), value: String(keyEpoch) },
  ];
}
