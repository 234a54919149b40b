import type { KeyEntry, KeyList } from '../../api/generated/types';
import { NOW } from './instant';

const DAY = 86_400_000;

/** The keys of the mock's vault. */
export function keysOf(): KeyList {
  return {
    revision: 2,
    keys: [key('3f2a9c0d51b7e844', 'passphrase', ''), key('a81c07be92d45f13', 'recovery', 'safe')],
    dataKeys: [{ epoch: 1, createdAt: NOW - 30 * DAY }],
  };
}

/** One more key at the end of the list. */
export function withKey(list: KeyList, provider: string, label: string): KeyList {
  const id = String(list.revision).padStart(16, '0');
  const added = { ...key(id, provider, label), inUse: false };
  return { ...list, revision: list.revision + 1, keys: [...list.keys, added] };
}

function key(id: string, provider: string, label: string): KeyEntry {
  return {
    id,
    provider,
    label,
    createdAt: NOW - 30 * DAY,
    parameters: {},
    inUse: provider === 'passphrase',
  };
}
