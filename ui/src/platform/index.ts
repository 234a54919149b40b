import type { Platform } from './platform';

let current: Platform | null = null;

/** Opens the platform this build runs on; called once, before anything is drawn. */
export async function openPlatform(): Promise<Platform> {
  const opened = await load();
  current = opened;
  return opened;
}

async function load(): Promise<Platform> {
  // A constant of the build: the branch not taken leaves no code behind.
  if (import.meta.env.MODE === 'mock') {
    const { openMockPlatform } = await import('./mock');
    return openMockPlatform();
  }
  const { tauriPlatform } = await import('./tauri');
  return tauriPlatform;
}

/** The platform opened at start. */
export function platform(): Platform {
  if (!current) throw new Error('openPlatform() has not been called');
  return current;
}

/** Puts a platform in place of the one opened at start; for tests. */
export function replacePlatform(replacement: Platform): void {
  current = replacement;
}
