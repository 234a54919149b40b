import { Button, Table, type TableColumnsType, Tooltip } from 'antd';
import { useState } from 'react';
import { type ClassPolicy, type DataClass, type PolicyView, useRead } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { ClassName, DATA_CLASSES } from '../shared/data-class';
import { CopyCommand } from '../shared/format/CopyCommand';
import { Panel } from '../shared/layout/Panel';
import { ReadView } from '../shared/layout/ReadView';
import { StandingJob } from '../shared/StandingJob';
import { PolicyDialog } from './PolicyDialog';
import styles from './storage.module.css';

interface Row extends ClassPolicy {
  name: DataClass;
}

/** How each class is backed up and how long that is kept. */
export function PolicyPanel() {
  const { t } = useTranslation();
  const read = useRead('policy.get', {});
  return (
    <Panel
      title={t('storage.policy.title')}
      extra={
        <>
          {read.data && <CarriedOut view={read.data} />}
          <CopyCommand command="avault policy simulate --days 365" size="small" />
          {read.data && <EditButton view={read.data} />}
        </>
      }
      flush
    >
      <ReadView read={read}>{(view) => <PolicyTable view={view} />}</ReadView>
    </Panel>
  );
}

/** Whether what is due is started at the moment, and the switch for it. */
function CarriedOut({ view: { carried_out_by: job } }: { view: PolicyView }) {
  const { t } = useTranslation();
  return (
    <StandingJob
      job={job}
      operation="policy.run"
      texts={{
        idle: t('policy.notCarriedOut'),
        start: t('policy.carryOut'),
        atWork: t('policy.carriedOut'),
        stop: t('policy.stop'),
      }}
      testId="policy-run"
      atWorkId="policy-carried-out"
    />
  );
}

/** Opens the editor; says why where the policy cannot be changed here. */
function EditButton({ view: { policy, origin } }: { view: PolicyView }) {
  const { t } = useTranslation();
  const [editing, setEditing] = useState(false);
  const inFile = origin === 'file';
  return (
    <>
      <Tooltip title={inFile ? t('policy.inFile') : undefined}>
        <Button
          size="small"
          disabled={inFile}
          onClick={() => setEditing(true)}
          data-testid="policy-open"
          aria-describedby={inFile ? 'policy-origin' : undefined}
        >
          {t('policy.open')}
        </Button>
      </Tooltip>
      {editing && (
        <PolicyDialog policy={policy} changed={origin === 'console'} onClose={() => setEditing(false)} />
      )}
    </>
  );
}

function PolicyTable({ view: { policy, origin } }: { view: PolicyView }) {
  const { t } = useTranslation();
  const columns: TableColumnsType<Row> = [
    { title: t('overview.classes.class'), key: 'class', render: (_, { name }) => <ClassName of={name} /> },
    {
      title: t('storage.policy.method'),
      key: 'method',
      render: (_, { method, full_every: full }) =>
        full
          ? t('storage.policy.withFull', {
              method: t(`storage.method.${method}`),
              every: t(`storage.every.${full}`),
            })
          : t(`storage.method.${method}`),
    },
    { title: t('storage.policy.every'), key: 'every', render: (_, { every }) => t(`storage.every.${every}`) },
    {
      title: t('storage.policy.keep'),
      key: 'keep',
      render: (_, { keep }) =>
        keep === 'forever' ? t('storage.policy.forever') : t('storage.policy.days', { count: keep }),
    },
  ];
  const rows = DATA_CLASSES.map((name) => ({ ...policy[name], name }));
  return (
    <>
      <Table columns={columns} dataSource={rows} rowKey="name" pagination={false} size="small" />
      <p className={styles.foot}>
        {t('storage.policy.preImages', { count: policy.pre_image_days })}{' '}
        <span id="policy-origin">
          {t(`storage.policy.origin.${origin}`)} {origin === 'file' && t('policy.inFile')}
        </span>
      </p>
    </>
  );
}
