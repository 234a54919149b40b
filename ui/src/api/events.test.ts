import { afterEach, describe, expect, it, vi } from 'vitest';
import { replacePlatform } from '../platform';
import { createMockPlatform } from '../platform/mock';
import type { Platform } from '../platform/platform';
import { call } from './call';
import { followEvents } from './events';
import { Failure } from './failure';
import { createQueryClient, readOptions } from './queries';

let platform: Platform;
let deliver: (event: unknown) => void = () => {};

function withEvents(): Platform {
  platform = {
    ...createMockPlatform(),
    subscribe: async (listener) => {
      deliver = listener;
      return () => {
        deliver = () => {};
      };
    },
  };
  replacePlatform(platform);
  return platform;
}

describe('the cache', () => {
  afterEach(() => vi.restoreAllMocks());

  it('takes a job as an event tells it', async () => {
    withEvents();
    const client = createQueryClient();
    const { jobId } = await call('backup.create', { classes: [], method: 'full' });
    const job = await client.fetchQuery(readOptions('job.show', { id: jobId }));
    await client.fetchQuery(readOptions('job.list', {}));
    const stop = followEvents(client);
    deliver({ type: 'job', job: { ...job, state: 'cancelling' } });
    expect(client.getQueryData(readOptions('job.show', { id: jobId }).queryKey)?.state).toBe('cancelling');
    expect(client.getQueryData(readOptions('job.list', {}).queryKey)?.[0]?.state).toBe('cancelling');
    stop();
  });

  it('drops exactly what the tags name', async () => {
    withEvents();
    const client = createQueryClient();
    await client.fetchQuery(readOptions('backup.list', {}));
    await client.fetchQuery(readOptions('settings.get', {}));
    followEvents(client);
    deliver({ type: 'invalidate', tags: ['backups'] });
    const stale = (name: 'backup.list' | 'settings.get') =>
      client.getQueryState(readOptions(name, {}).queryKey)?.isInvalidated;
    expect(stale('backup.list')).toBe(true);
    expect(stale('settings.get')).toBe(false);
  });

  it('turns the contract’s error into a failure with its code', async () => {
    withEvents();
    const failure = await call('backup.show', { id: 'none' }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Failure);
    expect((failure as Failure).code).toBe('no_such_backup');
    expect((failure as Failure).transient).toBe(false);
  });
});
