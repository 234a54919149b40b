import { Link } from '@tanstack/react-router';
import type { OpenedFile, OpenedGame, UnknownInputs } from '../api';
import { GameResult } from '../games/GameResult';
import { QuestMarks } from '../games/QuestMarks';
import { useTranslation } from '../i18n/use-translation';
import { shortId } from '../shared/format/ShortId';
import { useFormat } from '../shared/format/use-format';
import { RowsTable } from '../shared/rows/RowsTable';
import { useVirtualRows } from '../shared/rows/use-virtual-rows';
import { VerdictTag } from '../shared/verdict/VerdictTag';
import styles from './files.module.css';

const ROW_HEIGHT = 44;
const COLUMNS = ['game', 'players', 'quests', 'result', 'events', 'rules', 'unknown'] as const;

/** The games of a file as rows, of which only those in view are drawn. */
export function OpenedTable({ file: { file, name, games } }: { file: OpenedFile }) {
  const { t } = useTranslation();
  const rows = useVirtualRows(games.length, ROW_HEIGHT, undefined);
  return (
    <RowsTable
      label={name}
      rows={rows}
      count={games.length}
      columns={COLUMNS}
      head={(column) => t(`files.column.${column}`)}
      styles={styles}
    >
      {(index, top) => {
        const game = games[index];
        return game && <Row key={game.row.id} file={file} game={game} index={index} top={top} />;
      }}
    </RowsTable>
  );
}

interface RowProps {
  file: string;
  game: OpenedGame;
  index: number;
  top: number;
}

function Row({ file, game: { row, broken, unknown }, index, top }: RowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <tr
      aria-rowindex={index + 2}
      className={`${styles.row} ${styles.dataRow}`}
      style={{ transform: `translateY(${top}px)`, height: ROW_HEIGHT }}
      data-testid="opened-row"
    >
      <td>
        <Link
          to="/games/$gameId"
          params={{ gameId: row.id }}
          search={{ file }}
          className={styles.open}
          title={row.id}
          data-testid="opened-game"
        >
          {shortId(row.id)}
        </Link>
      </td>
      <td>{format.number(row.players)}</td>
      <td>
        <QuestMarks quests={row.quests} />
      </td>
      <td>
        <GameResult game={row} />
      </td>
      <td>{format.number(row.seq)}</td>
      <td>
        {broken > 0 ? (
          <VerdictTag verdict="failed">{t('files.broken', { count: broken })}</VerdictTag>
        ) : (
          <VerdictTag verdict="verified">{t('game.findings.none')}</VerdictTag>
        )}
      </td>
      <td>
        <Unknown unknown={unknown} />
      </td>
    </tr>
  );
}

/** What the file does not tell of a game. */
function Unknown({ unknown: { votes, cards, target, times } }: { unknown: UnknownInputs }) {
  const { t } = useTranslation();
  const words = [
    votes > 0 && t('files.unknown.votes', { count: votes }),
    cards > 0 && t('files.unknown.cards', { count: cards }),
    target && t('files.unknown.target'),
    times && t('files.unknown.times'),
  ].filter(Boolean);
  const text = words.join(t('common.listSeparator'));
  return words.length > 0 ? (
    <span title={text}>{text}</span>
  ) : (
    <span className={styles.nothing}>{t('files.unknown.nothing')}</span>
  );
}
