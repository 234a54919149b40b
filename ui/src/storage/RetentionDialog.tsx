import { useNavigate } from '@tanstack/react-router';
import { Alert, Button, InputNumber, Modal, Table, type TableColumnsType } from 'antd';
import { useEffect, useState } from 'react';
import { type ExpiredBackup, type KeepReason, type RetentionPlan, useRun } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { describeFailure } from '../shared/describe';
import { Moment } from '../shared/format/Moment';
import { ShortId } from '../shared/format/ShortId';
import { useFormat } from '../shared/format/use-format';
import { Loading } from '../shared/layout/ScreenState';
import styles from './storage.module.css';

/** What the policy would remove and why the rest stays; removing asks for the number that goes. */
export function RetentionDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [typed, setTyped] = useState<number | null>(null);
  const { mutate: draw, data: plan, error: failed } = useRun('retention.plan');
  const apply = useRun(
    'retention.apply',
    ({ jobId }) => void navigate({ to: '/jobs/$jobId', params: { jobId } }),
  );
  useEffect(() => draw({}), [draw]);
  const going = plan?.goes.length ?? 0;
  const error = failed ?? apply.error;
  const remove = () => plan && apply.mutate({ planId: plan.id, confirmBackups: going });
  return (
    <Modal
      open
      width={760}
      title={t('storage.retention.title')}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.close')}</Button>
          {going > 0 && (
            <Button
              danger
              type="primary"
              disabled={typed !== going}
              loading={apply.isPending}
              onClick={remove}
            >
              {t('storage.retention.remove', { count: going })}
            </Button>
          )}
        </>
      }
    >
      {error && (
        <Alert
          type="error"
          showIcon
          title={describeFailure(error).message}
          description={describeFailure(error).hint}
        />
      )}
      {plan ? <Plan plan={plan} /> : !error && <Loading label={t('storage.retention.planning')} />}
      {going > 0 && (
        // biome-ignore lint/a11y/noLabelWithoutControl: the field is the component below
        <label className={styles.confirm}>
          <span>{t('storage.retention.confirm', { count: going })}</span>
          <InputNumber value={typed} onChange={setTyped} min={0} />
        </label>
      )}
    </Modal>
  );
}

function Plan({ plan: { backups, goes, stays, freedBytes } }: { plan: RetentionPlan }) {
  const { t } = useTranslation();
  const format = useFormat();
  const summary =
    goes.length === 0
      ? t('storage.retention.nothing', { count: backups })
      : t('storage.retention.summary', { count: goes.length, bytes: format.bytes(freedBytes) });
  return (
    <div className={styles.plan} data-testid="retention-shown">
      <p>{summary}</p>
      {goes.length + stays.length > 0 && <Sets sets={[...goes, ...stays]} />}
    </div>
  );
}

function Sets({ sets }: { sets: ExpiredBackup[] }) {
  const { t } = useTranslation();
  const reason = useReason();
  const columns: TableColumnsType<ExpiredBackup> = [
    { title: t('backups.column.id'), key: 'id', render: (_, { backup }) => <ShortId id={backup} /> },
    {
      title: t('storage.retention.takenAt'),
      key: 'takenAt',
      render: (_, { takenAt }) => <Moment at={takenAt} show="time" />,
    },
    {
      title: t('backups.column.classes'),
      key: 'classes',
      render: (_, { classes }) =>
        classes.map((name) => t(`dataClass.${name}`)).join(t('common.listSeparator')),
    },
    {
      title: t('storage.retention.verdict'),
      key: 'verdict',
      render: (_, { kept }) => (kept ? reason(kept) : <strong>{t('storage.retention.goes')}</strong>),
    },
  ];
  return (
    <Table
      columns={columns}
      dataSource={sets}
      rowKey="backup"
      size="small"
      pagination={{ pageSize: 8, hideOnSinglePage: true }}
    />
  );
}

function useReason(): (kept: KeepReason) => string {
  const { t } = useTranslation();
  return (kept) => {
    switch (kept.rule) {
      case 'last_verified':
      case 'last_of_class':
        return t(`storage.kept.${kept.rule}`, { name: t(`dataClass.${kept.class}`) });
      case 'base_of':
        return t('storage.kept.base_of', { backup: kept.backup.slice(-6) });
      default:
        return t(`storage.kept.${kept.rule}`);
    }
  };
}
