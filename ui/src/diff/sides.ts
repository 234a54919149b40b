import type { DiffSide } from '../api';
import type { PlaceSearch } from '../games/place';
import type { DiffSearch } from '../shell/search';

/** Where the first side is read, as an address has it; what is not named is taken back. */
export function fromSide({ backup, snapshot, file, log, whatIf }: PlaceSearch): DiffSearch {
  return {
    fromBackup: backup,
    fromSnapshot: snapshot,
    fromFile: file,
    fromLog: log,
    fromWhatIf: whatIf,
  };
}

/** Where the second side is read. */
export function toSide({ backup, snapshot, file, log, whatIf }: PlaceSearch): DiffSearch {
  return { toBackup: backup, toSnapshot: snapshot, toFile: file, toLog: log, toWhatIf: whatIf };
}

/** Where an address says that the two sides are read. */
export function placesOf(search: DiffSearch): Record<'from' | 'to', PlaceSearch> {
  return {
    from: {
      backup: search.fromBackup,
      snapshot: search.fromSnapshot,
      file: search.fromFile,
      log: search.fromLog,
      whatIf: search.fromWhatIf,
    },
    to: {
      backup: search.toBackup,
      snapshot: search.toSnapshot,
      file: search.toFile,
      log: search.toLog,
      whatIf: search.toWhatIf,
    },
  };
}

/** Whether a side is how a game would have gone. */
export function isEdited({ place }: DiffSide): boolean {
  return (place.whatIf?.length ?? 0) > 0;
}
