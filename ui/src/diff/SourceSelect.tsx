import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import { type DiffSide, useRead } from '../api';
import { shortId } from '../shared/format/ShortId';
import { useFormat } from '../shared/format/use-format';
import { MOMENTS } from '../snapshots/kinds';
import { useGameSnapshots } from '../snapshots/use-game-snapshots';
import styles from './diff.module.css';

/** Where a side is read from; neither means the database. */
export interface Source {
  backup?: string;
  snapshot?: string;
}

interface SourceSelectProps {
  title: string;
  side: DiffSide;
  onChange: (source: Source) => void;
}

/** The select's value for the database. */
const LIVE = 'live';
/** What stands before the id in the values of snapshots. */
const SNAPSHOT = 'snapshot:';

/** The database, a backup, or a snapshot of the game. */
export function SourceSelect({ title, side: { row, backup, snapshot }, onChange }: SourceSelectProps) {
  const { t } = useTranslation();
  const backups = useBackupOptions(backup);
  const snapshots = useSnapshotOptions(row.id, snapshot);
  const choose = (value: string) => {
    if (value === LIVE) onChange({});
    else if (value.startsWith(SNAPSHOT)) onChange({ snapshot: value.slice(SNAPSHOT.length) });
    else onChange({ backup: value });
  };
  return (
    <Select
      value={snapshot ? `${SNAPSHOT}${snapshot.id}` : (backup ?? LIVE)}
      aria-label={t('diff.source.title', { side: title })}
      className={styles.source}
      onChange={choose}
      options={[
        { value: LIVE, label: t('diff.source.live') },
        ...(snapshots.length > 0 ? [{ label: t('diff.source.snapshots'), options: snapshots }] : []),
        ...(backups.length > 0 ? [{ label: t('diff.source.backups'), options: backups }] : []),
      ]}
    />
  );
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
