import type { Alteration, DataClass, Edit, GameStatus, SnapshotType } from '../api';
import type { PlaceSearch } from '../games/place';
import { DATA_CLASSES } from '../shared/data-class';
import type { DialogName } from '../shared/dialog';
import { isJsonObject } from '../shared/json';
import { KINDS } from '../snapshots/kinds';

/** What an address may carry; anything it cannot read is dropped, never an error. */
type Raw = Record<string, unknown>;

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== ''
    ? value
    : typeof value === 'number'
      ? String(value)
      : undefined;
}

function oneOf<T extends string>(value: unknown, allowed: readonly T[]): T | undefined {
  return allowed.find((candidate) => candidate === value);
}

function wholeNumber(value: unknown): number | undefined {
  const number = Number(value);
  return value !== undefined && Number.isInteger(number) && number >= 0 ? number : undefined;
}

function classes(value: unknown): DataClass[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const known = DATA_CLASSES.filter((name) => value.includes(name));
  return known.length > 0 ? known : undefined;
}

function kinds(value: unknown): SnapshotType[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const known = KINDS.filter((kind) => value.includes(kind));
  return known.length > 0 ? known : undefined;
}

function flag(value: unknown): true | undefined {
  return value === true || undefined;
}

function alteration(value: unknown): Alteration | undefined {
  if (!isJsonObject(value)) return undefined;
  if (value.kind === 'skip') return { kind: 'skip' };
  return value.kind === 'set' && isJsonObject(value.payload)
    ? { kind: 'set', payload: value.payload }
    : undefined;
}

/** Edits of a log, at most one of each event. */
function edits(value: unknown): Edit[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const known = new Map<number, Edit>();
  for (const raw of value) {
    const seq = isJsonObject(raw) && typeof raw.seq === 'number' ? wholeNumber(raw.seq) : undefined;
    const change = isJsonObject(raw) ? alteration(raw.change) : undefined;
    if (seq && change) known.set(seq, { seq, change });
  }
  return known.size > 0 ? [...known.values()].sort((one, other) => one.seq - other.seq) : undefined;
}

/** Of every screen: the dialog that is open above it. */
interface RootSearch {
  dialog?: DialogName;
  /** What the dialog is about: a backup's id. */
  subject?: string;
}

interface GamesSearch {
  status?: GameStatus;
  q?: string;
}

/** A snapshot has a screen of its own. */
export interface GameSearch extends Omit<PlaceSearch, 'snapshot'> {
  seq?: number;
  viewer?: string;
  tab?: 'event' | 'events' | 'state' | 'findings';
}

export interface DiffSearch {
  /** The events after which to look. */
  from?: number;
  to?: number;
  /** The second game, where it is not the first. */
  other?: string;
  /** The backups that the two sides are read out of. */
  fromBackup?: string;
  toBackup?: string;
  /** The snapshots that the two sides are of, in place of backups. */
  fromSnapshot?: string;
  toSnapshot?: string;
  /** The opened files that the two sides are read out of. */
  fromFile?: string;
  toFile?: string;
  /** Whether the sides are read out of the event log. */
  fromLog?: boolean;
  toLog?: boolean;
  /** What is to be otherwise in them. */
  fromWhatIf?: Edit[];
  toWhatIf?: Edit[];
  viewer?: string;
  tab?: 'facts' | 'structure' | 'raw';
}

export interface SnapshotsSearch {
  /** The beginning of a snapshot's, game's or room's id. */
  text?: string;
  game?: string;
  room?: string;
  player?: string;
  kinds?: SnapshotType[];
  /** How long before now the times begin; else they are named. */
  range?: '1h' | '24h' | '7d' | '30d';
  /** Unix times in milliseconds. */
  from?: number;
  to?: number;
}

export interface SnapshotSearch {
  viewer?: string;
  tab?: 'stored' | 'changes' | 'document';
}

interface BackupSearch {
  job?: string;
}

export interface BrowseSearch {
  class?: DataClass;
  collection?: string;
  game?: string;
  player?: string;
  /** A field and its value, `field=value`. */
  where?: string;
  /** The document that is open. */
  key?: string;
  tab?: 'tree' | 'json';
}

interface RestoreSearch {
  backup?: string;
  classes?: DataClass[];
  database?: string;
  /** Collections are replaced whole, also where few documents differ. */
  whole?: boolean;
  step?: 'choose' | 'scope' | 'plan' | 'confirm';
  job?: string;
}

interface SetupSearch {
  choice?: 'connect' | 'vault';
  job?: string;
}

export const rootSearch = (raw: Raw): RootSearch => ({
  dialog: oneOf(raw.dialog, ['backup', 'damage', 'compare', 'export']),
  subject: text(raw.subject),
});

export const gamesSearch = (raw: Raw): GamesSearch => ({
  status: oneOf(raw.status, ['live', 'finished']),
  q: text(raw.q),
});

export const gameSearch = (raw: Raw): GameSearch => ({
  seq: wholeNumber(raw.seq),
  viewer: text(raw.viewer),
  tab: oneOf(raw.tab, ['event', 'events', 'state', 'findings']),
  backup: text(raw.backup),
  file: text(raw.file),
  log: flag(raw.log),
  whatIf: edits(raw.whatIf),
});

export const diffSearch = (raw: Raw): DiffSearch => ({
  from: wholeNumber(raw.from),
  to: wholeNumber(raw.to),
  other: text(raw.other),
  fromBackup: text(raw.fromBackup),
  toBackup: text(raw.toBackup),
  fromSnapshot: text(raw.fromSnapshot),
  toSnapshot: text(raw.toSnapshot),
  fromFile: text(raw.fromFile),
  toFile: text(raw.toFile),
  fromLog: flag(raw.fromLog),
  toLog: flag(raw.toLog),
  fromWhatIf: edits(raw.fromWhatIf),
  toWhatIf: edits(raw.toWhatIf),
  viewer: text(raw.viewer),
  tab: oneOf(raw.tab, ['facts', 'structure', 'raw']),
});

export const snapshotsSearch = (raw: Raw): SnapshotsSearch => ({
  text: text(raw.text),
  game: text(raw.game),
  room: text(raw.room),
  player: text(raw.player),
  kinds: kinds(raw.kinds),
  range: oneOf(raw.range, ['1h', '24h', '7d', '30d']),
  from: wholeNumber(raw.from),
  to: wholeNumber(raw.to),
});

export const snapshotSearch = (raw: Raw): SnapshotSearch => ({
  viewer: text(raw.viewer),
  tab: oneOf(raw.tab, ['stored', 'changes', 'document']),
});

export const backupSearch = (raw: Raw): BackupSearch => ({ job: text(raw.job) });

export const browseSearch = (raw: Raw): BrowseSearch => ({
  class: oneOf(raw.class, DATA_CLASSES),
  collection: text(raw.collection),
  game: text(raw.game),
  player: text(raw.player),
  where: text(raw.where),
  key: text(raw.key),
  tab: oneOf(raw.tab, ['tree', 'json']),
});

export const restoreSearch = (raw: Raw): RestoreSearch => ({
  backup: text(raw.backup),
  classes: classes(raw.classes),
  database: text(raw.database),
  whole: flag(raw.whole),
  step: oneOf(raw.step, ['choose', 'scope', 'plan', 'confirm']),
  job: text(raw.job),
});

export const setupSearch = (raw: Raw): SetupSearch => ({
  choice: oneOf(raw.choice, ['connect', 'vault']),
  job: text(raw.job),
});
