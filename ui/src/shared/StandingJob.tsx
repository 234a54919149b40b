import { Link } from '@tanstack/react-router';
import { Button } from 'antd';
import { useRun } from '../api';
import { VerdictTag } from './verdict/VerdictTag';

interface Props {
  /** The job at work, if there is one. */
  job: string | null;
  /** What starts it. */
  operation: 'backup.follow' | 'policy.run' | 'snapshot.follow';
  texts: { idle: string; start: string; atWork: string; stop: string };
  /** Begins the names of the two buttons; the tag of a job at work has `atWorkId`. */
  testId: string;
  atWorkId: string;
  /** Of the button: small in a panel's heading, as high as its neighbours among a screen's actions. */
  size?: 'small' | 'middle';
}

/** Whether a job that goes on until it is stopped is at work, and the switch for it. */
export function StandingJob({ job, operation, texts, testId, atWorkId, size = 'small' }: Props) {
  const start = useRun(operation);
  const stop = useRun('job.cancel');
  if (job === null) {
    return (
      <>
        <VerdictTag verdict="attention">{texts.idle}</VerdictTag>
        <Button
          size={size}
          type="primary"
          loading={start.isPending}
          onClick={() => start.mutate({})}
          data-testid={`${testId}-start`}
        >
          {texts.start}
        </Button>
      </>
    );
  }
  return (
    <>
      <Link to="/jobs/$jobId" params={{ jobId: job }}>
        <VerdictTag verdict="verified" testId={atWorkId}>
          {texts.atWork}
        </VerdictTag>
      </Link>
      <Button
        size={size}
        loading={stop.isPending}
        onClick={() => stop.mutate({ id: job })}
        data-testid={`${testId}-stop`}
      >
        {texts.stop}
      </Button>
    </>
  );
}
