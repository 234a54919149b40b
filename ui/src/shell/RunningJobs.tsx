import { LoadingOutlined, UnorderedListOutlined } from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { Button, Popover } from 'antd';
import { useState } from 'react';
import type { JobView } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { Moment } from '../shared/format/Moment';
import { useFormat } from '../shared/format/use-format';
import { shareOf } from '../shared/job/JobProgress';
import { JobStateTag } from '../shared/job/JobStateTag';
import { isActive } from '../shared/job/job-state';
import { useJobs } from '../shared/job/use-job';
import styles from './shell.module.css';

const SHOWN = 8;

/** Running jobs with their progress, and the last that ended. */
export function RunningJobs() {
  const { t } = useTranslation();
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const jobs = useJobs().data ?? [];
  const running = jobs.filter(isActive);
  const share = running.length === 1 && running[0] ? shareOf(running[0]) : null;
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      trigger="click"
      placement="bottomRight"
      content={<JobList jobs={jobs.slice(0, SHOWN)} onChosen={() => setOpen(false)} />}
    >
      <Button
        type="text"
        icon={running.length > 0 ? <LoadingOutlined aria-hidden /> : <UnorderedListOutlined aria-hidden />}
        data-testid="jobs-open"
        className={running.length > 0 ? styles.jobsRunning : undefined}
      >
        {running.length > 0 ? t('shell.jobsRunning', { count: running.length }) : t('shell.jobs')}
        {share !== null && ` · ${format.percent(share)}`}
      </Button>
    </Popover>
  );
}

function JobList({ jobs, onChosen }: { jobs: JobView[]; onChosen: () => void }) {
  const { t } = useTranslation();
  if (jobs.length === 0) return <span>{t('shell.noJobs')}</span>;
  return (
    <ul className={styles.jobList} data-testid="job-list">
      {jobs.map((job) => (
        <li key={job.id}>
          <Link to="/jobs/$jobId" params={{ jobId: job.id }} onClick={onChosen}>
            <span>{t(`job.verb.${job.verb}`)}</span>
            <JobStateTag job={job} />
            <Moment at={job.finishedAt ?? job.startedAt} />
          </Link>
        </li>
      ))}
    </ul>
  );
}
