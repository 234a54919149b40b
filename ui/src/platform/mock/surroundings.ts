import type { Platform } from '../platform';
import { NOW } from './instant';

/** What is around the window, as pictures need it: a clock that stands still or goes on from the same instant. */
export function surroundings(tickMs: number | null): Omit<Platform, 'call' | 'subscribe'> {
  const started = performance.now();
  return {
    canChooseFolder: true,
    chooseFolder: async () => '/srv/avalon-vault',
    openFolder: async () => {},
    saveText: async () => true,
    copyText: async () => {},
    now: () => NOW + (tickMs === null ? 0 : performance.now() - started),
  };
}
