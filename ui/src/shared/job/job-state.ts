import type { JobState, JobView } from '../../api';
import type { Verdict } from '../verdict/VerdictTag';

const ACTIVE: readonly JobState[] = ['queued', 'running', 'cancelling'];

/** Whether the job still works. */
export function isActive({ state }: Pick<JobView, 'state'>): boolean {
  return ACTIVE.includes(state);
}

/** How a job's state is coloured. */
export function verdictOf(state: JobState): Verdict {
  if (state === 'done') return 'verified';
  if (state === 'failed') return 'failed';
  if (state === 'done_with_problems' || state === 'interrupted') return 'attention';
  return 'unknown';
}
