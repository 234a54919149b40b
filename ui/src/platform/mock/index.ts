import type { OperationName } from '../../api/generated/operations';
import type { ApiEvent, Language, Theme } from '../../api/generated/types';
import type { Platform } from '../platform';
import { initialBackups } from './backups';
import { createHandlers, type MockState } from './handlers';
import { MockJobs } from './jobs';
import { refusal } from './refusal';
import { MockSnapshots } from './snapshots';
import { surroundings } from './surroundings';

/** Situations that the mock can begin in. */
type Scenario = 'ready' | 'first-run' | 'empty' | 'down' | 'busy';

export interface MockOptions {
  scenario?: Scenario;
  language?: Language;
  theme?: Theme;
  /** Milliseconds between two steps of a job; null leaves jobs where they are. */
  tickMs?: number | null;
  /** Pretended milliseconds of a call. */
  delayMs?: number;
}

/**
 * What the address asks for behind a second `#`, as in `#/backups#scenario=busy&lang=en`: the first fragment is the
 * router's, and so is the query.
 */
const ofAddress = () => new URLSearchParams(window.location.hash.split('#')[2] ?? '');

function optionsOfAddress(): MockOptions {
  const asked = ofAddress();
  return {
    scenario: (asked.get('scenario') as Scenario | null) ?? 'ready',
    language: asked.get('lang') === 'en' ? 'en' : 'zh-CN',
    theme: (asked.get('theme') as Theme | null) ?? 'dark',
    tickMs: asked.has('still') ? null : Number(asked.get('tick') ?? 350),
    delayMs: Number(asked.get('delay') ?? 60),
  };
}

/** The service of the address: in the page's memory, or apart from it where `apart` is asked for. */
export async function openMockPlatform(): Promise<Platform> {
  if (!ofAddress().has('apart')) return createMockPlatform();
  const { createApartPlatform } = await import('./apart');
  return createApartPlatform(optionsOfAddress());
}

/** A service that lives in memory: the same answers and events at every start. */
export function createMockPlatform(options: MockOptions = optionsOfAddress()): Platform {
  const { scenario = 'ready', language = 'zh-CN', theme = 'dark', tickMs = 20, delayMs = 0 } = options;
  const listeners = new Set<(event: ApiEvent) => void>();
  const jobs = new MockJobs((event) => {
    for (const listener of listeners) listener(event);
  }, tickMs);
  const state: MockState = {
    stage: scenario === 'first-run' ? 'choose' : 'ready',
    down: scenario === 'down',
    damaged: 0,
    snapshots: new MockSnapshots(scenario === 'empty'),
    backups: scenario === 'first-run' || scenario === 'empty' ? [] : initialBackups(),
    settings: {
      language,
      theme,
      timeZone: 'Asia/Shanghai',
      snapshotViews: [],
      connection: {
        mongodbAddress: '127.0.0.1:27117',
        database: 'avalon',
        redisAddress: '127.0.0.1:6479',
        hasPassword: false,
      },
      store: { url: '/home/admin/.local/share/avalon-vault/vault', keyProvider: 'passphrase' },
    },
  };
  const handlers = createHandlers(state, jobs);
  if (scenario === 'busy') beginBusy(handlers, jobs);

  return {
    ...surroundings(tickMs),
    call: async (operation, request) => {
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      const handler = handlers[operation as OperationName] as ((request: unknown) => unknown) | undefined;
      if (!handler) throw refusal('unknown_operation', `there is no operation ${operation}`);
      // Copied, because the real bridge hands over JSON and never shares an object.
      return structuredClone(handler(request));
    },
    subscribe: async (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** A backup half-way. */
function beginBusy(handlers: ReturnType<typeof createHandlers>, jobs: MockJobs): void {
  const { jobId } = handlers['backup.create']({ classes: [], method: 'full' });
  jobs.advance(jobId, 0, 0.64);
}
