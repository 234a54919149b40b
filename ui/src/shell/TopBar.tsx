import { SearchOutlined } from '@ant-design/icons';
import { useRead } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { Appearance } from './Appearance';
import { EndpointState } from './EndpointState';
import { RunningJobs } from './RunningJobs';
import styles from './shell.module.css';
import { useWindowState } from './window-state';

/** Where we are connected, what runs, and the ways to everything else. */
export function TopBar() {
  const { t } = useTranslation();
  const setPalette = useWindowState((state) => state.setPalette);
  return (
    <header className={styles.top}>
      <Connections />
      <button
        type="button"
        className={styles.find}
        onClick={() => setPalette(true)}
        data-testid="palette-open"
      >
        <SearchOutlined aria-hidden />
        <span>{t('shell.find')}</span>
        <kbd>Ctrl K</kbd>
      </button>
      <RunningJobs />
      <Appearance />
    </header>
  );
}

function Connections() {
  const { t } = useTranslation();
  const status = useRead('service.status', {}, { every: 10_000 }).data;
  if (!status) return null;
  const known = ['sandbox', 'development', 'test', 'production'] as const;
  const environment = known.find((name) => name === status.environment);
  return (
    <>
      <span
        className={`${styles.environment} ${environment ? styles[environment] : ''}`}
        data-testid="environment"
      >
        {environment ? t(`environment.${environment}`) : status.environment}
        {status.database && ` · ${status.database}`}
      </span>
      <EndpointState name="MongoDB" endpoint={status.mongodb} />
      <EndpointState name="Redis" endpoint={status.redis} />
      <EndpointState name={t('shell.store')} endpoint={status.store} />
    </>
  );
}
