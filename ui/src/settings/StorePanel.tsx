import { useNavigate } from '@tanstack/react-router';
import { Button } from 'antd';
import { type SettingsView, useRead, useRun } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { CopyCommand } from '../shared/format/CopyCommand';
import { Facts } from '../shared/layout/Facts';
import { Panel } from '../shared/layout/Panel';
import { EndpointTag } from './EndpointTag';
import styles from './settings.module.css';

/** Where the backups lie and what seals them. */
export function StorePanel({ settings: { store } }: { settings: SettingsView }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const status = useRead('service.status', {}).data;
  const check = useRun('store.check');
  const start = () =>
    check.mutate({}, { onSuccess: ({ jobId }) => void navigate({ to: '/jobs/$jobId', params: { jobId } }) });
  return (
    <Panel
      title={t('settings.store.title')}
      extra={
        <>
          <CopyCommand command="avault check" size="small" />
          <Button size="small" onClick={start} loading={check.isPending} data-testid="store-check">
            {t('settings.store.check')}
          </Button>
        </>
      }
    >
      {store ? (
        <Facts
          facts={[
            {
              label: t('settings.store.url'),
              value: (
                <span className={styles.address}>
                  <code>{store.url}</code>
                  {status && <EndpointTag endpoint={status.store} />}
                </span>
              ),
            },
            {
              label: t('settings.store.key'),
              value: store.keyProvider === 'passphrase' ? t('settings.store.passphrase') : store.keyProvider,
            },
          ]}
        />
      ) : (
        <span className={styles.note}>{t('settings.store.absent')}</span>
      )}
    </Panel>
  );
}
