import type { SavedView, SnapshotListRequest } from '../api';
import { type SnapshotsSearch, snapshotsSearch } from '../shell/search';

const HOUR_MS = 3_600_000;

/** How long before now each range of times begins. */
export const RANGES = { '1h': HOUR_MS, '24h': 24 * HOUR_MS, '7d': 168 * HOUR_MS, '30d': 720 * HOUR_MS };
export type Range = keyof typeof RANGES;

/** The list that the filters ask for at a time. */
export function requestOf(
  search: SnapshotsSearch,
  now: number,
): Omit<SnapshotListRequest, 'cursor' | 'limit'> {
  const { text, game, room, player, kinds, range, from, to } = search;
  return {
    text: text ?? null,
    game: game ?? null,
    room: room ?? null,
    player: player ?? null,
    kinds: kinds ?? [],
    from: range ? now - RANGES[range] : (from ?? null),
    to: to ?? null,
  };
}

/** The filters as one text, the same for the same filters; empty when there are none. */
export function queryOf(search: SnapshotsSearch): string {
  const { kinds, ...plain } = search;
  const query = new URLSearchParams();
  for (const name of ['text', 'game', 'room', 'player', 'range', 'from', 'to'] as const) {
    if (plain[name] !== undefined) query.set(name, String(plain[name]));
  }
  if (kinds) query.set('kinds', kinds.join(','));
  return query.toString();
}

/** The filters of such a text; what this window does not know is dropped. */
export function searchOf(query: string): SnapshotsSearch {
  const { kinds, ...plain } = Object.fromEntries(new URLSearchParams(query));
  return snapshotsSearch({ ...plain, kinds: kinds?.split(',') });
}

/** Views that are always there, by the last part of the key of their names. */
export const BUILT_IN = {
  all: '',
  over: 'kinds=game_over',
  manual: 'kinds=manual',
  hour: 'range=1h',
} as const;

/** The views without one, and with one of this name in its place or at the end. */
export function withView(views: SavedView[], name: string, kept: SavedView): SavedView[] {
  const known = views.some((view) => view.name === name);
  return known ? views.map((view) => (view.name === name ? kept : view)) : [...views, kept];
}
