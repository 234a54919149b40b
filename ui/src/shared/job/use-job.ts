import { useRead } from '../../api';
import { isActive } from './job-state';

const POLL_MS = 1000;

/** A job kept up to date: events bring changes at once, a slow poll covers lost ones. */
export function useJob(id: string | undefined) {
  const read = useRead('job.show', { id: id ?? '' }, { enabled: Boolean(id) });
  const active = read.data ? isActive(read.data) : Boolean(id);
  return useRead('job.show', { id: id ?? '' }, { enabled: Boolean(id), every: active && POLL_MS });
}

/** All jobs, newest first. */
export function useJobs() {
  return useRead('job.list', {}, { every: 5000 });
}
