import { LoadingOutlined } from '@ant-design/icons';
import type { JobView } from '../../api';
import { useTranslation } from '../../i18n/use-translation';
import { VerdictTag } from '../verdict/VerdictTag';
import verdictStyles from '../verdict/verdict.module.css';
import { isActive, verdictOf } from './job-state';

/** Where a job stands, in a word. */
export function JobStateTag({ job, testId }: { job: Pick<JobView, 'state'>; testId?: string }) {
  const { t } = useTranslation();
  const word = t(`job.state.${job.state}`);
  if (isActive(job)) {
    return (
      <span
        className={verdictStyles.tag}
        style={{ color: 'var(--av-gold)' }}
        data-testid={testId}
        data-state={job.state}
      >
        <LoadingOutlined aria-hidden />
        <span>{word}</span>
      </span>
    );
  }
  return (
    <span data-testid={testId} data-state={job.state}>
      <VerdictTag verdict={verdictOf(job.state)}>{word}</VerdictTag>
    </span>
  );
}
