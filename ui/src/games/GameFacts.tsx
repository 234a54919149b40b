import { FileOutlined, HistoryOutlined, InboxOutlined } from '@ant-design/icons';
import { getRouteApi, Link } from '@tanstack/react-router';
import { memo } from 'react';
import type { GameView, LogPlace } from '../api';
import { useOpenedFile } from '../files/opened-files';
import { codeText } from '../i18n/code';
import { useTranslation } from '../i18n/use-translation';
import { Moment } from '../shared/format/Moment';
import { ShortId, shortId } from '../shared/format/ShortId';
import { useFormat, useNow } from '../shared/format/use-format';
import styles from './game.module.css';

const route = getRouteApi('/games/$gameId');

/** Where the game was read, what it is, and which of its events is shown. */
export function GameFacts({ view }: { view: GameView }) {
  const { t } = useTranslation();
  const { row, seq, lastSeq, viewer, backup, file, eventLog, whatIf } = view;
  return (
    <span className={styles.facts}>
      <LastingFacts row={row} backup={backup} file={file} eventLog={eventLog} edited={whatIf !== null} />
      <span data-testid="game-seq" data-seq={seq} data-viewer={viewer}>
        {t('game.position', { seq, last: lastSeq })}
      </span>
    </span>
  );
}

type LastingFactsProps = Pick<GameView, 'row' | 'backup' | 'file' | 'eventLog'> & { edited: boolean };

/** What holds at every event. */
const LastingFacts = memo(function LastingFacts({ edited, ...facts }: LastingFactsProps) {
  const { t } = useTranslation();
  const { row, backup, file, eventLog } = facts;
  return (
    <>
      {backup && (
        <span className={styles.kept} data-testid="game-kept">
          <InboxOutlined aria-hidden /> {t('game.kept')} <ShortId id={backup} />
        </span>
      )}
      {eventLog && <LogFact log={eventLog} />}
      {file && <FileFact file={file} />}
      {file === null && !edited && <OtherPlace live={backup === null && eventLog === null} />}
      <ShortId id={row.id} />
      {row.roomId !== '' && (
        <span>
          {t('games.column.room')} <ShortId id={row.roomId} />
        </span>
      )}
      <span>
        {row.winner ? t(`game.wins.${row.winner}`) : (codeText('gamePhase', row.phase) ?? row.phase)}
      </span>
      <span>
        {t('game.updated')} <Moment at={row.updatedAt} />
      </span>
    </>
  );
});

/** What of the event log the game was read out of. */
function LogFact({ log: { events, kept, until } }: { log: LogPlace }) {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useNow(60_000);
  return (
    <span className={styles.kept} data-testid="game-log">
      <HistoryOutlined aria-hidden />{' '}
      {t('game.place.log', { count: events, until: format.time(until * 1000, now) })}
      {kept > 0 && ` · ${t('game.place.logKept', { count: kept })}`}
    </span>
  );
}

function FileFact({ file }: { file: string }) {
  const { t } = useTranslation();
  const name = useOpenedFile(file)?.name ?? shortId(file);
  return (
    <span className={styles.kept} data-testid="game-file">
      <FileOutlined aria-hidden /> {t('game.place.file')}{' '}
      <Link to="/games/file/$fileId" params={{ fileId: file }} className={styles.fileName}>
        {name}
      </Link>
    </span>
  );
}

/** Leads to the same game out of the event log, and back to the database. */
function OtherPlace({ live }: { live: boolean }) {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  const go = () =>
    void navigate({ search: (current) => ({ ...current, backup: undefined, log: live || undefined }) });
  // No link of the router: that would be drawn anew for every step.
  return (
    <button type="button" className={styles.place} onClick={go} data-testid="game-place">
      {t(live ? 'game.place.toLog' : 'game.place.toLive')}
    </button>
  );
}
