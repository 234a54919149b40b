import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from '../i18n/use-translation';
import { JobResult } from '../jobs/JobResult';
import { JobCard } from '../shared/job/JobCard';
import { LinkButton } from '../shared/LinkButton';
import styles from './restore.module.css';

const route = getRouteApi('/restore');

/** The restore at work, then its proof. */
export function RunStep() {
  const { t } = useTranslation();
  const { job } = route.useSearch();
  if (!job) return null;
  return (
    <div className={styles.step}>
      <JobCard
        id={job}
        again={
          <LinkButton size="small" to="/restore">
            {t('restore.again')}
          </LinkButton>
        }
      >
        {(ended) => <JobResult job={ended} />}
      </JobCard>
    </div>
  );
}
