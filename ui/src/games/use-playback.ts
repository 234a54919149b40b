import { useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { type EventView, type GameView, gameOptions } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { useKeys } from '../shared/keys';
import { useShown } from '../shared/use-shown';
import { placeShown } from './place';

const route = getRouteApi('/games/$gameId');
const STEP_MS = 1200;
export const SPEEDS = [1, 4, 16] as const;
export type Speed = (typeof SPEEDS)[number];

/** Moving along a game's events. */
export interface Playback {
  playing: boolean;
  speed: Speed;
  setSpeed: (speed: Speed) => void;
  togglePlaying: () => void;
  go: (seq: number) => void;
  /** Follows the game as it is played. */
  toLatest: () => void;
  step: (direction: Direction) => void;
  stepMoment: (direction: Direction) => void;
}

type Direction = 1 | -1;

/** The nearest event in a direction that fits; none at the end of the game. */
function neighbour(
  events: EventView[],
  seq: number,
  direction: Direction,
  fits: (event: EventView) => boolean,
): number | undefined {
  return direction === 1
    ? events.find((event) => event.seq > seq && fits(event))?.seq
    : events.findLast((event) => event.seq < seq && fits(event))?.seq;
}

/** Steps, plays and scrubs through a game; the position is in the address. The same object while nothing but the position changes. */
export function usePlayback(view: GameView): Playback {
  const [playing, setPlaying] = useState(false);
  const [speed, setSpeed] = useState<Speed>(1);
  const moves = useMoves(view);
  const playback = useMemo<Playback>(
    () => ({
      ...moves,
      playing,
      speed,
      setSpeed,
      togglePlaying: () => setPlaying((now) => !now),
      toLatest: () => {
        setPlaying(false);
        moves.toLatest();
      },
    }),
    [moves, playing, speed],
  );

  const next = neighbour(view.events, view.seq, 1, () => true);
  usePlaying(playing, next, STEP_MS / speed, moves.go, () => setPlaying(false));
  usePrefetch(view, next);
  usePlaybackKeys(playback, moves.toNextFinding);
  return playback;
}

/** Ways to other positions, from the one that is shown when they are called. */
function useMoves(view: GameView) {
  const put = usePut();
  const shown = useShown(view);
  return useMemo(() => {
    const go = (seq: number) => put(seq);
    const stepTo = (target: number | undefined) => {
      if (target !== undefined) go(target);
    };
    const stepWhere = (direction: Direction, fits: (event: EventView) => boolean) =>
      stepTo(neighbour(shown().events, shown().seq, direction, fits));
    return {
      go,
      toLatest: () => put(undefined),
      step: (direction: Direction) => stepWhere(direction, () => true),
      stepMoment: (direction: Direction) => stepWhere(direction, ({ moment }) => moment !== null),
      toNextFinding: () => {
        const { findings, seq } = shown();
        stepTo(findings.find((finding) => finding.seq !== null && finding.seq > seq)?.seq ?? undefined);
      },
    };
  }, [put, shown]);
}

/**
 * Puts a position into the address in a task of its own: drawing what follows from it would make the
 * task of the stroke or move too long. Of several positions before then, as in a drag, the last counts.
 */
function usePut(): (seq: number | undefined) => void {
  const navigate = route.useNavigate();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return useCallback(
    (seq) => {
      clearTimeout(timer.current);
      timer.current = setTimeout(
        () => void navigate({ search: (current) => ({ ...current, seq }), replace: true }),
      );
    },
    [navigate],
  );
}

/** Goes to the next event after a pause, and stops at the last. */
function usePlaying(
  playing: boolean,
  next: number | undefined,
  pause: number,
  go: (seq: number) => void,
  stop: () => void,
): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new step is due when the position changes, not when a function is made anew
  useEffect(() => {
    if (!playing) return;
    if (next === undefined) {
      stop();
      return;
    }
    const timer = setTimeout(() => go(next), pause);
    return () => clearTimeout(timer);
  }, [playing, next, pause]);
}

/** Fetches the next moment ahead, so that a step is immediate. */
function usePrefetch(view: GameView, next: number | undefined): void {
  const client = useQueryClient();
  useEffect(() => {
    const { row, viewer } = view;
    if (next !== undefined)
      void client.prefetchQuery(gameOptions({ id: row.id, seq: next, viewer, ...placeShown(view) }));
  }, [client, view, next]);
}

function usePlaybackKeys({ step, stepMoment, togglePlaying }: Playback, toNextFinding: () => void): void {
  const { t } = useTranslation();
  const bindings = useMemo(
    () => [
      { key: 'ArrowLeft', label: t('game.keys.previous'), run: () => step(-1) },
      { key: 'ArrowRight', label: t('game.keys.next'), run: () => step(1) },
      { key: 'ArrowUp', label: t('game.keys.previousMoment'), run: () => stepMoment(-1) },
      { key: 'ArrowDown', label: t('game.keys.nextMoment'), run: () => stepMoment(1) },
      { key: ' ', label: t('game.keys.play'), run: togglePlaying },
      { key: 'f', label: t('game.keys.nextFinding'), run: toNextFinding },
    ],
    [t, step, stepMoment, togglePlaying, toNextFinding],
  );
  useKeys('game.keys.title', bindings);
}
