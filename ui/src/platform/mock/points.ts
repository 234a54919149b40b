import type { PointGap, Points } from '../../api/generated/types';
import { NOW } from './instant';

const HOUR = 3_600_000;

const ordinal = (at: number) => `${Math.floor(at / 1000)},1`;
const range = (fromMs: number, toMs: number) => ({ from: ordinal(fromMs), fromMs, to: ordinal(toMs), toMs });

function notFollowed(fromMs: number): PointGap {
  return { fromMs, toMs: null, reason: 'not_followed', cure: 'follow', changes: [] };
}

/** Ranges and gaps of the mock; `job` follows. */
export function pointsOf(job: string | null): Points {
  const end = NOW - (job ? 3_000 : 0.4 * HOUR);
  return {
    ranges: [
      range(NOW - 16 * HOUR, NOW - 9.6 * HOUR),
      range(NOW - 9.5 * HOUR, NOW - 6.6 * HOUR),
      range(NOW - 6.2 * HOUR, end),
    ],
    gaps: [
      {
        fromMs: NOW - 9.6 * HOUR,
        toMs: NOW - 9.5 * HOUR,
        reason: 'oplog_overrun',
        cure: 'none',
        changes: [],
      },
      {
        fromMs: NOW - 6.6 * HOUR,
        toMs: NOW - 6.2 * HOUR,
        reason: 'replaced',
        cure: 'none',
        changes: ['avalon.game_events: rename from avalon.__avault_staged_game_events'],
      },
      ...(job ? [] : [notFollowed(end)]),
    ],
    followedBy: job,
  };
}
