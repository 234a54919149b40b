import { Select } from 'antd';
import { type DiffSide, useRead } from '../api';
import { useOpenedFile } from '../files/opened-files';
import type { PlaceSearch } from '../games/place';
import { useTranslation } from '../i18n/use-translation';
import { shortId } from '../shared/format/ShortId';
import { useFormat } from '../shared/format/use-format';
import { MOMENTS } from '../snapshots/kinds';
import { useGameSnapshots } from '../snapshots/use-game-snapshots';
import styles from './diff.module.css';

interface SourceSelectProps {
  title: string;
  side: DiffSide;
  onChange: (source: PlaceSearch) => void;
}

/** The select's values for the database and for the event log. */
const LIVE = 'live';
const LOG = 'log';
/** What stands before the id in the value of the file. */
const FILE = 'file:';
/** What stands before the id in the values of snapshots. */
const SNAPSHOT = 'snapshot:';

/** The database, the event log, a backup, or a snapshot of the game; the file that it is of, where it is. */
export function SourceSelect({ title, side, onChange }: SourceSelectProps) {
  const { t } = useTranslation();
  const { row, backup, snapshot, place } = side;
  const file = useFileOptions(place.file);
  const backups = useBackupOptions(backup);
  const snapshots = useSnapshotOptions(row.id, snapshot);
  const choose = (value: string) => {
    if (value === LIVE) onChange({});
    else if (value === LOG) onChange({ log: true });
    else if (value.startsWith(FILE)) onChange({ file: value.slice(FILE.length) });
    else if (value.startsWith(SNAPSHOT)) onChange({ snapshot: value.slice(SNAPSHOT.length) });
    else onChange({ backup: value });
  };
  return (
    <Select
      value={chosenIn(side)}
      aria-label={t('diff.source.title', { side: title })}
      className={styles.source}
      onChange={choose}
      options={[
        { value: LIVE, label: t('diff.source.live') },
        { value: LOG, label: t('diff.source.log') },
        ...file,
        ...(snapshots.length > 0 ? [{ label: t('diff.source.snapshots'), options: snapshots }] : []),
        ...(backups.length > 0 ? [{ label: t('diff.source.backups'), options: backups }] : []),
      ]}
    />
  );
}

function chosenIn({ backup, snapshot, place }: DiffSide): string {
  if (snapshot) return `${SNAPSHOT}${snapshot.id}`;
  if (place.file !== undefined) return `${FILE}${place.file}`;
  return place.eventLog ? LOG : (backup ?? LIVE);
}

function useFileOptions(file: string | undefined) {
  const { t } = useTranslation();
  const opened = useOpenedFile(file);
  if (file === undefined) return [];
  const name = opened?.name ?? shortId(file);
  return [{ value: `${FILE}${file}`, label: t('diff.source.file', { name }) }];
}

function useBackupOptions(chosen: string | null) {
  const { t } = useTranslation();
  const format = useFormat();
  const backups = useRead('backup.list', {}).data ?? [];
  const options = backups.map(({ id, committedAt, method }) => ({
    value: id,
    label: `${t('diff.source.backup', { id: shortId(id) })} · ${t(`backups.method.${method}`)} · ${format.absolute(committedAt)}`,
  }));
  const missing = chosen !== null && !backups.some(({ id }) => id === chosen);
  return missing ? [{ value: chosen, label: t('diff.source.backup', { id: chosen }) }, ...options] : options;
}

function useSnapshotOptions(game: string, place: DiffSide['snapshot']) {
  const { t } = useTranslation();
  const newest = useGameSnapshots(game);
  const known = place ? place.moments : newest;
  return known.map(({ id, kind, seq }) => ({
    value: `${SNAPSHOT}${id}`,
    label: [
      t('diff.source.snapshot', { id: shortId(id) }),
      t('snapshots.afterEvent', { seq }),
      [MOMENTS[kind], t(`snapshots.kind.${kind}`)].filter(Boolean).join(' '),
    ].join(' · '),
  }));
}
