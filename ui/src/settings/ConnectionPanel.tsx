import { useNavigate } from '@tanstack/react-router';
import { Alert, Button, Popconfirm } from 'antd';
import { type EndpointView, type SettingsView, useRead, useRun } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { describeFailure } from '../shared/describe';
import { Facts } from '../shared/layout/Facts';
import { Panel } from '../shared/layout/Panel';
import { EndpointTag } from './EndpointTag';
import styles from './settings.module.css';

/** The game service that is looked after. */
export function ConnectionPanel({ settings: { connection } }: { settings: SettingsView }) {
  const { t } = useTranslation();
  const status = useRead('service.status', {}).data;
  return (
    <Panel title={t('settings.connection.title')} extra={<Disconnect />}>
      {connection ? (
        <Facts
          facts={[
            {
              label: 'MongoDB',
              value: <Address address={connection.mongodbAddress} endpoint={status?.mongodb} />,
            },
            { label: t('settings.connection.database'), value: connection.database },
            {
              label: 'Redis',
              value: connection.redisAddress ? (
                <Address address={connection.redisAddress} endpoint={status?.redis} />
              ) : (
                t('settings.connection.noRedis')
              ),
            },
            {
              label: t('settings.connection.password'),
              value: connection.hasPassword ? t('settings.connection.kept') : t('settings.connection.none'),
            },
          ]}
        />
      ) : (
        <span className={styles.note}>{t('settings.connection.absent')}</span>
      )}
    </Panel>
  );
}

function Address({ address, endpoint }: { address: string; endpoint: EndpointView | undefined }) {
  return (
    <span className={styles.address}>
      <code>{address}</code>
      {endpoint && <EndpointTag endpoint={endpoint} />}
    </span>
  );
}

function Disconnect() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const disconnect = useRun('setup.disconnect', () => void navigate({ to: '/setup' }));
  return (
    <>
      {disconnect.error && <Alert type="error" title={describeFailure(disconnect.error).message} />}
      <Popconfirm
        title={t('settings.connection.disconnectTitle')}
        description={t('settings.connection.disconnectNote')}
        okText={t('settings.connection.disconnect')}
        cancelText={t('common.cancel')}
        onConfirm={() => disconnect.mutate({})}
      >
        <Button size="small" loading={disconnect.isPending} data-testid="disconnect">
          {t('settings.connection.disconnect')}
        </Button>
      </Popconfirm>
    </>
  );
}
