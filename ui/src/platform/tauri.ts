import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import { writeClipboard } from './clipboard';
import type { Platform } from './platform';

/** The name of the one event channel of the shell. */
const CHANNEL = 'avault';

/** The desktop shell: one command, one event channel, one folder dialog. */
export const tauriPlatform: Platform = {
  canChooseFolder: true,
  call: (operation, request) => invoke('call', { operation, request }),
  subscribe: (listener) => listen(CHANNEL, (message) => listener(message.payload)),
  chooseFolder: () => invoke<string | null>('choose_folder'),
  copyText: writeClipboard,
  now: () => Date.now(),
};
