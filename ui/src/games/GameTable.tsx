import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import type { GameRow } from '../api';
import { Moment } from '../shared/format/Moment';
import { ShortId, shortId } from '../shared/format/ShortId';
import { useFormat } from '../shared/format/use-format';
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
  const { scroller, virtual, items } = useVirtualRows(games.length, ROW_HEIGHT, more);

  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area has to be reachable by keyboard
    <div className={styles.scroller} ref={scroller} tabIndex={0} role="region" aria-label={t('games.title')}>
      <table className={styles.table} aria-rowcount={games.length + 1}>
        <thead className={styles.head}>
          <tr className={styles.row}>
            {COLUMNS.map((name) => (
              <th key={name} scope="col">
                {name === 'state' && !live ? t('games.column.result') : t(`games.column.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className={styles.body} style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const game = games[index];
            return game && <Row key={game.id} game={game} index={index} top={start} />;
          })}
        </tbody>
      </table>
    </div>
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
