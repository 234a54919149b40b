import { invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import { writeClipboard } from './clipboard';
import type { Platform } from './platform';

/** The name of the one event channel of the shell. */
const CHANNEL = 'avault';

/** The desktop shell: one command, one event channel, the dialogs of the system. */
export const tauriPlatform: Platform = {
  canChooseFolder: true,
  call: (operation, request) => invoke('call', { operation, request }),
  subscribe: (listener) => listen(CHANNEL, (message) => listener(message.payload)),
  chooseFolder: () => invoke<string | null>('choose_folder'),
  openFolder: (path) => invoke('open_folder', { path }),
  saveText: (name, text) => invoke<boolean>('save_text', { name, text }),
  copyText: writeClipboard,
  now: () => Date.now(),
};
