import type { Edit, GamePlace, GameView } from '../api';

/** Where an address says that a game is read; nothing of it means the database. */
export interface PlaceSearch {
  backup?: string;
  snapshot?: string;
  /** The opened file. */
  file?: string;
  /** The event log of the store. */
  log?: boolean;
  /** What is to be otherwise in it. */
  whatIf?: Edit[];
}

/** The place that an address names, as a request has it. */
export function placeOf({ backup, snapshot, file, log, whatIf }: PlaceSearch): GamePlace {
  return { backup: backup ?? null, snapshot: snapshot ?? null, file, eventLog: log, whatIf };
}

/** The place that a request names, as an address has it. */
export function searchOf({ backup, snapshot, file, eventLog, whatIf }: GamePlace): PlaceSearch {
  return {
    backup: backup ?? undefined,
    snapshot: snapshot ?? undefined,
    file,
    log: eventLog || undefined,
    whatIf: whatIf && whatIf.length > 0 ? whatIf : undefined,
  };
}

/** The place that a game was read out of, and what is otherwise in it. */
export function placeShown(view: GameView): GamePlace {
  return placeOf({
    backup: view.backup ?? undefined,
    snapshot: view.snapshot?.id,
    file: view.file ?? undefined,
    log: view.eventLog !== null || undefined,
    whatIf: view.whatIf?.edits,
  });
}

/** Whether it is the game as the database has it: what can still be played on, and be cut. */
export function isLive({ backup, snapshot, file, eventLog, whatIf }: GameView): boolean {
  return backup === null && snapshot === null && file === null && eventLog === null && whatIf === null;
}
