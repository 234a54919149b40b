import { Link } from '@tanstack/react-router';
import { useTranslation } from '../i18n/use-translation';
import { JobProgress } from '../shared/job/JobProgress';
import { isActive } from '../shared/job/job-state';
import { useJobs } from '../shared/job/use-job';
import { Panel } from '../shared/layout/Panel';
import styles from './overview.module.css';

/** What runs right now. */
export function RunningPanel() {
  const { t } = useTranslation();
  const running = (useJobs().data ?? []).filter(isActive);
  if (running.length === 0) return null;
  return (
    <Panel title={t('overview.running')}>
      <div className={styles.running}>
        {running.map((job) => (
          <div key={job.id}>
            <Link to="/jobs/$jobId" params={{ jobId: job.id }}>
              {t(`job.verb.${job.verb}`)}
            </Link>
            <JobProgress job={job} />
          </div>
        ))}
      </div>
    </Panel>
  );
}
