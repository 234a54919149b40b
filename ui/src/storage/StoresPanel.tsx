import { useNavigate } from '@tanstack/react-router';
import { Alert, Button, Table, type TableColumnsType } from 'antd';
import { type StoreView, useRead, useRun } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { describeFailure } from '../shared/describe';
import { CopyCommand } from '../shared/format/CopyCommand';
import { Moment } from '../shared/format/Moment';
import { useFormat } from '../shared/format/use-format';
import { Panel } from '../shared/layout/Panel';
import { ReadView } from '../shared/layout/ReadView';
import { type Verdict, VerdictTag } from '../shared/verdict/VerdictTag';
import styles from './storage.module.css';

const VERDICTS: Record<StoreView['health'], Verdict> = {
  ok: 'verified',
  attention: 'attention',
  down: 'failed',
  absent: 'unknown',
};

const WARNINGS = ['with_mongodb', 'same_place', 'same_disk', 'same_credentials'] as const;

/** The stores: how each is doing, what it holds, and how far a replica is behind. */
export function StoresPanel() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const read = useRead('store.list', {}, { every: 60_000 });
  const follow = ({ jobId }: { jobId: string }) => void navigate({ to: '/jobs/$jobId', params: { jobId } });
  const replicate = useRun('store.replicate', follow);
  return (
    <Panel title={t('stores.title')} extra={<CopyCommand command="avault store list" size="small" />} flush>
      {replicate.error && <Alert type="error" showIcon {...describeFailure(replicate.error)} />}
      <ReadView read={read} label={t('stores.loading')}>
        {(stores) => (
          <>
            <StoreTable
              stores={stores}
              copying={replicate.isPending}
              onCopy={({ name }) => replicate.mutate({ to: name, backups: [], all: false })}
            />
            <Warnings stores={stores} />
            {stores.length === 1 && <p className={styles.foot}>{t('stores.single')}</p>}
          </>
        )}
      </ReadView>
    </Panel>
  );
}

/** What stores are not apart from. */
function Warnings({ stores }: { stores: StoreView[] }) {
  const { t } = useTranslation();
  const names: Record<string, string> = Object.fromEntries(
    stores.map(({ name }) => [name, t(`stores.name.${name}`)]),
  );
  const warnings = stores.flatMap((store) => store.warnings);
  return warnings.map(({ store, code, from, message }) => {
    const context = { store: names[store], from: names[from] ?? from };
    return (
      <p key={`${store} ${code} ${from}`} className={styles.foot}>
        {(WARNINGS as readonly string[]).includes(code)
          ? t(`stores.warning.${code as (typeof WARNINGS)[number]}`, context)
          : message}
      </p>
    );
  });
}

interface StoreTableProps {
  stores: StoreView[];
  copying: boolean;
  onCopy: (store: StoreView) => void;
}

function StoreTable({ stores, copying, onCopy }: StoreTableProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const columns: TableColumnsType<StoreView> = [
    {
      title: t('stores.column.store'),
      key: 'store',
      render: (_, { name, url, every }) => (
        <>
          {t(`stores.name.${name}`)}
          {every && <span className={styles.note}> {t(`stores.every.${every}`)}</span>}
          <div className={styles.note}>{url}</div>
        </>
      ),
    },
    {
      title: t('stores.column.health'),
      key: 'health',
      render: (_, { health, detail }) => (
        <>
          <VerdictTag verdict={VERDICTS[health]}>{t(`health.${health}`)}</VerdictTag>
          {detail && <div className={styles.note}>{detail}</div>}
        </>
      ),
    },
    {
      title: t('stores.column.newest'),
      key: 'newest',
      render: (_, { newest }) => (newest === null ? '–' : <Moment at={newest} show="time" />),
    },
    {
      title: t('stores.column.backups'),
      key: 'backups',
      align: 'right',
      render: (_, { backups }) => format.number(backups),
    },
    {
      title: t('stores.column.bytes'),
      key: 'bytes',
      align: 'right',
      render: (_, { bytes }) => format.bytes(bytes),
    },
    {
      title: t('stores.column.behind'),
      key: 'behind',
      render: (_, { name, behind, due, replicatedAt }) =>
        name === 'primary' ? (
          '–'
        ) : (
          <>
            {due ? (
              <VerdictTag verdict="attention">{t('stores.due')}</VerdictTag>
            ) : (
              <VerdictTag verdict="verified">{t('stores.current')}</VerdictTag>
            )}
            <div className={styles.note}>
              {[
                behind > 0 && t('stores.behind', { count: behind }),
                replicatedAt !== null && t('stores.copied', { moment: format.absolute(replicatedAt) }),
              ]
                .filter(Boolean)
                .join(t('common.listSeparator'))}
            </div>
          </>
        ),
    },
    {
      title: t('stores.column.checked'),
      key: 'checked',
      render: (_, { checked }) =>
        checked === null ? (
          t('stores.unchecked')
        ) : (
          <>
            <Moment at={checked.at} show="time" />
            {!checked.ok && (
              <div className={styles.note}>{t('stores.problems', { count: checked.problems })}</div>
            )}
          </>
        ),
    },
    {
      title: <span className="visually-hidden">{t('backups.column.actions')}</span>,
      key: 'actions',
      align: 'right',
      render: (_, store) =>
        store.name !== 'primary' && (
          <Button
            size="small"
            loading={copying}
            onClick={() => onCopy(store)}
            data-testid={`store-replicate-${store.name}`}
          >
            {t('stores.replicate')}
          </Button>
        ),
    },
  ];
  return (
    <div data-testid="stores">
      <Table columns={columns} dataSource={stores} rowKey="name" pagination={false} size="middle" />
    </div>
  );
}
