import { Link } from '@tanstack/react-router';
import type { GameRow } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { Moment } from '../shared/format/Moment';
import { ShortId, shortId } from '../shared/format/ShortId';
import { useFormat } from '../shared/format/use-format';
import { RowsTable } from '../shared/rows/RowsTable';
import { useVirtualRows } from '../shared/rows/use-virtual-rows';
import { GameResult } from './GameResult';
import styles from './games.module.css';
import { QuestMarks } from './QuestMarks';

const ROW_HEIGHT = 40;
const COLUMNS = ['game', 'room', 'players', 'quests', 'state', 'track', 'seq', 'updated'] as const;

interface GameTableProps {
  games: GameRow[];
  live: boolean;
  /** Fetches the next page; absent when there is none or it is on its way. */
  more: (() => void) | undefined;
}

/** Games as rows, of which only those in view are drawn. */
export function GameTable({ games, live, more }: GameTableProps) {
  const { t } = useTranslation();
  const rows = useVirtualRows(games.length, ROW_HEIGHT, more);
  return (
    <RowsTable
      label={t('games.title')}
      rows={rows}
      count={games.length}
      columns={COLUMNS}
      head={(name) => (name === 'state' && !live ? t('games.column.result') : t(`games.column.${name}`))}
      styles={styles}
    >
      {(index, top) => {
        const game = games[index];
        return game && <Row key={game.id} game={game} index={index} top={top} />;
      }}
    </RowsTable>
  );
}

function Row({ game, index, top }: { game: GameRow; index: number; top: number }) {
  const format = useFormat();
  return (
    <tr
      aria-rowindex={index + 2}
      className={`${styles.row} ${styles.dataRow}`}
      style={{ transform: `translateY(${top}px)`, height: ROW_HEIGHT }}
      data-testid="game-row"
      data-status={game.status}
      data-winner={game.winner ?? undefined}
    >
      <td>
        <Link
          to="/games/$gameId"
          params={{ gameId: game.id }}
          className={styles.open}
          data-testid="game-open"
        >
          {shortId(game.id)}
        </Link>
      </td>
      <td>
        <ShortId id={game.roomId} />
      </td>
      <td>{format.number(game.players)}</td>
      <td>
        <QuestMarks quests={game.quests} />
      </td>
      <td>
        <GameResult game={game} />
      </td>
      <td>{game.voteTrack}</td>
      <td>{format.number(game.seq)}</td>
      <td>
        <Moment at={game.updatedAt} />
      </td>
    </tr>
  );
}
