import { Link } from '@tanstack/react-router';
import { Table, type TableColumnsType } from 'antd';
import type { ClassStatus, RpoState } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { ClassName } from '../shared/data-class';
import { Moment } from '../shared/format/Moment';
import { useFormat } from '../shared/format/use-format';
import { type Verdict, VerdictTag } from '../shared/verdict/VerdictTag';
import { VerificationTag } from '../shared/verdict/VerificationTag';
import styles from './overview.module.css';

/** Each data class against its target. */
export function ClassTable({ classes }: { classes: ClassStatus[] }) {
  const columns = useColumns();
  return <Table columns={columns} dataSource={classes} rowKey="class" pagination={false} size="middle" />;
}

function useColumns(): TableColumnsType<ClassStatus> {
  const { t } = useTranslation();
  const format = useFormat();
  return [
    {
      title: t('overview.classes.class'),
      key: 'class',
      render: (_, row) => <ClassName of={row.class} />,
    },
    {
      title: t('overview.classes.last'),
      key: 'last',
      render: (_, { lastBackup, lastAt }) =>
        lastBackup && lastAt !== null ? (
          <Link to="/backups/$backupId" params={{ backupId: lastBackup }}>
            <Moment at={lastAt} show="time" />
          </Link>
        ) : (
          <span className={styles.none}>{t('overview.classes.never')}</span>
        ),
    },
    {
      title: t('overview.classes.policy'),
      key: 'policy',
      render: (_, { policyMethod, policyEvery }) => (
        <>
          {t(`storage.method.${policyMethod}`)}
          <span className={styles.target}> {t(`storage.every.${policyEvery}`)}</span>
        </>
      ),
    },
    {
      title: t('overview.classes.verification'),
      key: 'verification',
      render: (_, { verification, lastBackup }) =>
        lastBackup ? <VerificationTag verification={verification} /> : '—',
    },
    {
      title: t('overview.classes.risk'),
      key: 'risk',
      render: (_, row) => <Risk row={row} />,
    },
    {
      title: t('overview.classes.documents'),
      key: 'documents',
      align: 'right',
      render: (_, { documents }) => format.number(documents),
    },
    {
      title: t('overview.classes.stored'),
      key: 'stored',
      align: 'right',
      render: (_, { storedBytes }) => format.bytes(storedBytes),
    },
  ];
}

const VERDICTS: Record<RpoState, Verdict> = {
  met: 'verified',
  at_risk: 'attention',
  late: 'failed',
  never: 'failed',
};

function Risk({ row: { rpo, rpoSeconds, rpoTargetSeconds } }: { row: ClassStatus }) {
  const { t } = useTranslation();
  const format = useFormat();
  const target =
    rpoTargetSeconds === null
      ? t('overview.classes.onChange')
      : t('overview.classes.target', { duration: format.duration(rpoTargetSeconds) });
  return (
    <span className={styles.risk}>
      <VerdictTag verdict={VERDICTS[rpo]}>{t(`overview.rpo.${rpo}`)}</VerdictTag>
      <span>
        {rpoSeconds === null ? t('overview.classes.everything') : format.duration(rpoSeconds)}
        <span className={styles.target}> {target}</span>
      </span>
    </span>
  );
}
