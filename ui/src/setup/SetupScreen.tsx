import { getRouteApi, Navigate } from '@tanstack/react-router';
import { Alert } from 'antd';
import { useRead } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { isActive } from '../shared/job/job-state';
import { useJobs } from '../shared/job/use-job';
import { Appearance } from '../shell/Appearance';
import { BrandIcon } from '../shell/BrandIcon';
import { Choices } from './Choices';
import { ConnectForm } from './ConnectForm';
import { SandboxProgress } from './SandboxProgress';
import styles from './setup.module.css';
import { VaultForm } from './VaultForm';

const route = getRouteApi('/setup');

/** The first run: three ways to begin. */
export function SetupScreen() {
  const { t } = useTranslation();
  return (
    <div className={styles.page} data-testid="setup">
      <header className={styles.brand}>
        <BrandIcon size={36} />
        <div>
          <h1>{t('setup.title')}</h1>
          <p>{t('setup.subtitle')}</p>
        </div>
        <Appearance />
      </header>
      <SetupContent />
    </div>
  );
}

function SetupContent() {
  const { t } = useTranslation();
  const { choice, job } = route.useSearch();
  const status = useRead('setup.status', {}, { every: 2000 }).data;
  const starting = useJobs().data?.find((candidate) => candidate.verb === 'sandbox' && isActive(candidate));
  const shown = job ?? starting?.id;
  if (shown) return <SandboxProgress id={shown} ready={status?.stage === 'ready'} />;
  if (status?.stage === 'ready') return <Navigate to="/" />;
  if (choice === 'connect') return <ConnectForm />;
  if (choice === 'vault') return <VaultForm />;
  return (
    <>
      {status?.reason && status.sandboxAvailable && (
        <Alert type="warning" showIcon title={t('setup.lost')} description={status.reason} />
      )}
      <Choices status={status} />
    </>
  );
}
