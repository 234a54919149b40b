import { Alert, Button } from 'antd';
import type { ReactNode } from 'react';
import { type JobView, useRun } from '../../api';
import { useTranslation } from '../../i18n/use-translation';
import { describeFailure } from '../describe';
import { Moment } from '../format/Moment';
import { ShortId } from '../format/ShortId';
import { useFormat } from '../format/use-format';
import { Panel } from '../layout/Panel';
import { ReadView } from '../layout/ReadView';
import { JobLog } from './JobLog';
import { JobProgress } from './JobProgress';
import { JobStateTag } from './JobStateTag';
import styles from './job.module.css';
import { isActive } from './job-state';
import { useJob } from './use-job';

interface JobCardProps {
  id: string;
  /** What follows once the job has ended well or with problems. */
  children?: (job: JobView) => ReactNode;
  /** Offered when the job failed, was cancelled or interrupted. */
  again?: ReactNode;
}

/** A job live: state, progress, log, cancel; its error with what to do; its result. */
export function JobCard({ id, children, again }: JobCardProps) {
  const { t } = useTranslation();
  const read = useJob(id);
  return (
    <ReadView read={read} label={t('job.loading')}>
      {(job) => (
        <>
          <Panel title={<JobTitle job={job} />} extra={<JobFacts job={job} />}>
            <div className={styles.body}>
              {isActive(job) && <JobProgress job={job} />}
              <JobFailure job={job} again={again} />
              <JobLog lines={job.log} />
            </div>
          </Panel>
          {(job.state === 'done' || job.state === 'done_with_problems') && children?.(job)}
        </>
      )}
    </ReadView>
  );
}

function JobTitle({ job }: { job: JobView }) {
  const { t } = useTranslation();
  return (
    <span className={styles.title}>
      <JobStateTag job={job} testId="job-state" />
      <span>
        {t(`job.verb.${job.verb}`)} · <ShortId id={job.subject || job.id} />
      </span>
    </span>
  );
}

function JobFacts({ job }: { job: JobView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const cancel = useRun('job.cancel');
  if (isActive(job)) {
    return (
      <Button
        danger
        size="small"
        data-testid="job-cancel"
        disabled={job.state === 'cancelling'}
        loading={cancel.isPending}
        onClick={() => cancel.mutate({ id: job.id })}
      >
        {t('job.cancel')}
      </Button>
    );
  }
  if (job.finishedAt === null) return null;
  const seconds = (job.finishedAt - job.startedAt) / 1000;
  return (
    <span>
      {t('job.took', { duration: format.duration(seconds) })} · <Moment at={job.finishedAt} />
    </span>
  );
}

function JobFailure({ job, again }: { job: JobView; again?: ReactNode }) {
  const { t } = useTranslation();
  if (job.state === 'cancelled')
    return <Alert type="info" showIcon title={t('job.cancelled')} action={again} />;
  if (job.state === 'interrupted') {
    return <Alert type="warning" showIcon title={t('job.interrupted')} action={again} />;
  }
  if (!job.error) return null;
  const { message, hint } = describeFailure(job.error);
  return (
    <Alert
      type={job.state === 'failed' ? 'error' : 'warning'}
      showIcon
      title={message}
      description={hint}
      action={again}
      data-testid="job-error"
    />
  );
}
