import { CheckCircleFilled, CloseCircleFilled } from '@ant-design/icons';
import { Table, type TableColumnsType } from 'antd';
import type { RestoredCollection, RestoreOutcome } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { ShortId } from '../shared/format/ShortId';
import { useFormat } from '../shared/format/use-format';
import { LinkButton } from '../shared/LinkButton';
import { Facts } from '../shared/layout/Facts';
import { Panel } from '../shared/layout/Panel';
import styles from './restore.module.css';

/** What a restore did, with its proof and the way back. */
export function RestoreResult({ outcome }: { outcome: RestoreOutcome }) {
  const { t } = useTranslation();
  const { verified, collections } = outcome;
  const proven = collections.some(({ method }) => method === 'documents')
    ? 'restore.proof.verifiedAloneNote'
    : 'restore.proof.verifiedNote';
  const Icon = verified ? CheckCircleFilled : CloseCircleFilled;
  return (
    <>
      <Panel>
        <div className={styles.proof} data-testid="restore-verified" data-verified={verified}>
          <Icon aria-hidden className={verified ? styles.proven : styles.unproven} />
          <div>
            <strong>{verified ? t('restore.proof.verified') : t('restore.proof.notVerified')}</strong>
            <p>{verified ? t(proven) : t('restore.proof.notVerifiedNote')}</p>
          </div>
          <ProofActions outcome={outcome} />
        </div>
        <ProofFacts outcome={outcome} />
      </Panel>
      <Panel title={t('restore.proof.collections')} flush>
        <ProofTable collections={collections} />
      </Panel>
    </>
  );
}

function ProofActions({ outcome: { preImage, backup } }: { outcome: RestoreOutcome }) {
  const { t } = useTranslation();
  return (
    <div className={styles.proofActions}>
      <LinkButton to="/backups/$backupId" params={{ backupId: backup }}>
        {t('restore.proof.compare')}
      </LinkButton>
      {preImage && (
        <LinkButton to="/restore" search={{ backup: preImage, step: 'plan' }} data-testid="restore-undo">
          {t('restore.proof.undo')}
        </LinkButton>
      )}
      <LinkButton to="/" look="primary">
        {t('shell.toOverview')}
      </LinkButton>
    </div>
  );
}

function ProofFacts({ outcome }: { outcome: RestoreOutcome }) {
  const { t } = useTranslation();
  const format = useFormat();
  const documents = outcome.collections.reduce((sum, collection) => sum + collection.documents, 0);
  return (
    <Facts
      facts={[
        { label: t('restore.proof.database'), value: outcome.database },
        { label: t('backups.column.documents'), value: format.number(documents) },
        { label: t('restore.plan.redisKeys'), value: format.number(outcome.redisKeys) },
        { label: t('restore.proof.took'), value: format.duration(outcome.seconds) },
        { label: t('restore.proof.paused'), value: format.duration(outcome.pausedSeconds) },
        {
          label: t('restore.proof.preImage'),
          value: outcome.preImage ? <ShortId id={outcome.preImage} /> : t('restore.proof.noPreImage'),
        },
      ]}
    />
  );
}

function ProofTable({ collections }: { collections: RestoredCollection[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns: TableColumnsType<RestoredCollection> = [
    {
      title: t('backup.parts.collection'),
      key: 'collection',
      render: (_, row) => <code>{row.collection}</code>,
    },
    {
      title: t('restore.plan.method'),
      key: 'method',
      render: (_, row) => t(`restore.method.${row.method}`),
    },
    {
      title: t('restore.proof.removed'),
      key: 'removed',
      align: 'right',
      render: (_, row) => format.number(row.removed),
    },
    {
      title: t('restore.proof.expected'),
      key: 'expected',
      align: 'right',
      render: (_, row) => format.number(row.expectedDocuments),
    },
    {
      title: t('restore.proof.read'),
      key: 'read',
      align: 'right',
      render: (_, row) => format.number(row.documents),
    },
    {
      title: t('restore.proof.expectedDigest'),
      key: 'expectedDigest',
      render: (_, row) => <ShortId id={row.expectedDigest} />,
    },
    { title: t('restore.proof.digest'), key: 'digest', render: (_, row) => <ShortId id={row.digest} /> },
    { title: t('backup.parts.indexes'), dataIndex: 'indexes', key: 'indexes', align: 'right' },
  ];
  return (
    <Table columns={columns} dataSource={collections} rowKey="collection" pagination={false} size="middle" />
  );
}
