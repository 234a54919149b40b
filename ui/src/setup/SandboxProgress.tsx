import { getRouteApi } from '@tanstack/react-router';
import { Button } from 'antd';
import { useTranslation } from '../i18n/use-translation';
import { JobCard } from '../shared/job/JobCard';
import { LinkButton } from '../shared/LinkButton';
import { Panel } from '../shared/layout/Panel';
import { Loading } from '../shared/layout/ScreenState';
import { VerdictTag } from '../shared/verdict/VerdictTag';
import styles from './setup.module.css';

const route = getRouteApi('/setup');

/** The sandbox on its way up, then the way on to the first backup. */
export function SandboxProgress({ id, ready }: { id: string; ready: boolean }) {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  return (
    <div className={styles.narrow}>
      <JobCard
        id={id}
        again={
          <Button size="small" onClick={() => void navigate({ search: {} })} data-testid="setup-again">
            {t('setup.again')}
          </Button>
        }
      >
        {() => (ready ? <Ready /> : <Loading label={t('setup.sandbox.opening')} />)}
      </JobCard>
    </div>
  );
}

function Ready() {
  const { t } = useTranslation();
  return (
    <Panel>
      <div className={styles.ready}>
        <VerdictTag verdict="verified" testId="setup-ready">
          {t('setup.sandbox.ready')}
        </VerdictTag>
        <p>{t('setup.sandbox.readyNote')}</p>
        <div className={styles.readyActions}>
          <LinkButton to="/" data-testid="setup-finish">
            {t('shell.toOverview')}
          </LinkButton>
          <LinkButton
            to="/backups"
            search={{ dialog: 'backup' }}
            look="primary"
            data-testid="setup-first-backup"
          >
            {t('setup.firstBackup')}
          </LinkButton>
        </div>
      </div>
    </Panel>
  );
}
