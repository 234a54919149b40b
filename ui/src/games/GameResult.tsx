import type { GameRow } from '../api';
import { codeText } from '../i18n/code';
import { useTranslation } from '../i18n/use-translation';
import styles from './games.module.css';

/** Who won and how, or how far the game is. */
export function GameResult({ game: { winner, reason, phase, quest } }: { game: GameRow }) {
  const { t } = useTranslation();
  if (winner) {
    return (
      <span>
        <strong className={styles[winner]}>{t(`game.wins.${winner}`)}</strong>
        {reason && ` · ${codeText('reason', reason) ?? reason}`}
      </span>
    );
  }
  return (
    <span>
      {codeText('gamePhase', phase) ?? phase}
      {quest > 0 && ` · ${t('game.quest', { quest })}`}
    </span>
  );
}
