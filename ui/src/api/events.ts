import type { QueryClient } from '@tanstack/react-query';
import { platform } from '../platform';
import type { ApiEvent, JobView } from './generated/types';
import { invalidateTags, readOptions } from './queries';

/** Feeds the contract's events into the cache; returns what stops it. */
export function followEvents(client: QueryClient): () => void {
  let stopped = false;
  let stop = () => {};
  platform()
    .subscribe((event) => receive(client, event as ApiEvent))
    .then((unsubscribe) => {
      if (stopped) unsubscribe();
      else stop = unsubscribe;
    })
    .catch((reason) => console.error('events cannot be followed; the window refreshes by itself', reason));
  return () => {
    stopped = true;
    stop();
  };
}

function receive(client: QueryClient, event: ApiEvent): void {
  if (event.type === 'job') storeJob(client, event.job);
  else void invalidateTags(client, event.tags);
}

function storeJob(client: QueryClient, job: JobView): void {
  client.setQueryData(readOptions('job.show', { id: job.id }).queryKey, job);
  client.setQueryData(readOptions('job.list', {}).queryKey, (jobs) => jobs && replaceJob(jobs, job));
}

/** The list with this job in its place, or in front when it is new. */
function replaceJob(jobs: JobView[], job: JobView): JobView[] {
  const known = jobs.some(({ id }) => id === job.id);
  return known ? jobs.map((other) => (other.id === job.id ? job : other)) : [job, ...jobs];
}
