import type { Platform } from '../platform';
import type { MockOptions } from '.';
import { surroundings } from './surroundings';

/** What the page tells the service: first how it is to be, then what it asks. */
export type ToService = { options: MockOptions } | { id: number; operation: string; request: unknown };

/** What the service tells the page. */
export type FromService =
  | { event: unknown }
  | { id: number; answer: unknown }
  | { id: number; refused: unknown };

interface Waiting {
  resolve: (answer: unknown) => void;
  reject: (refused: unknown) => void;
}

/** The service in a thread of its own, as the engine is a process of its own: the page pays for its answers alone. */
export function createApartPlatform(options: MockOptions): Platform {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const waiting = new Map<number, Waiting>();
  const listeners = new Set<(event: unknown) => void>();
  let asked = 0;
  worker.onmessage = ({ data }: MessageEvent<FromService>) => {
    if ('event' in data) {
      for (const listener of listeners) listener(data.event);
      return;
    }
    const asker = waiting.get(data.id);
    waiting.delete(data.id);
    if ('refused' in data) asker?.reject(data.refused);
    else asker?.resolve(data.answer);
  };
  const tell = (message: ToService) => worker.postMessage(message);
  tell({ options });
  return {
    ...surroundings(options.tickMs ?? null),
    call: (operation, request) =>
      new Promise((resolve, reject) => {
        asked += 1;
        waiting.set(asked, { resolve, reject });
        tell({ id: asked, operation, request });
      }),
    subscribe: async (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
