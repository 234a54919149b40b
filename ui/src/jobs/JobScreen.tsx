import { getRouteApi } from '@tanstack/react-router';
import { useTranslation } from '../i18n/use-translation';
import { JobCard } from '../shared/job/JobCard';
import { isActive } from '../shared/job/job-state';
import { useJob } from '../shared/job/use-job';
import { Screen } from '../shared/layout/Screen';
import { JobResult } from './JobResult';

const route = getRouteApi('/jobs/$jobId');

/** One job: live while it works, its result once it has ended. It goes on when the reader leaves. */
export function JobScreen() {
  const { t } = useTranslation();
  const { jobId } = route.useParams();
  const job = useJob(jobId).data;
  return (
    <Screen
      testId="job"
      title={job ? t(`job.verb.${job.verb}`) : t('job.title')}
      subtitle={job && isActive(job) ? t('job.goesOn') : undefined}
    >
      <JobCard id={jobId}>{(ended) => <JobResult job={ended} />}</JobCard>
    </Screen>
  );
}
