import { memo } from 'react';
import type { GameView, QuestView } from '../api';
import { codeText } from '../i18n/code';
import { useTranslation } from '../i18n/use-translation';
import styles from './table.module.css';

const STEP = 62;
const TRACK = [1, 2, 3, 4, 5];

/** The middle of the table: phase, five quests, vote track, and the winner once there is one. */
export function Board({ view }: { view: GameView }) {
  const { t } = useTranslation();
  const { phase, quest, attempt, voteTrack, winner, reason, quests } = view;
  const place = quest > 0 ? t('game.questAttempt', { quest, attempt }) : null;
  return (
    <>
      <text y="-66" className={styles.phase}>
        {[place, codeText('gamePhase', phase) ?? phase].filter(Boolean).join(' · ')}
      </text>
      {quests.map((token, index) => (
        <g key={token.quest} transform={`translate(${(index - (quests.length - 1) / 2) * STEP} -18)`}>
          <QuestToken token={token} current={!winner && token.quest === quest} />
        </g>
      ))}
      {winner ? (
        <text y="64" className={`${styles.winner} ${styles[winner]}`} data-testid="game-winner">
          {t(`game.wins.${winner}`)}
          {reason && ` · ${codeText('reason', reason) ?? reason}`}
        </text>
      ) : (
        <VoteTrack track={voteTrack} />
      )}
    </>
  );
}

const QuestToken = memo(function QuestToken({ token, current }: { token: QuestView; current: boolean }) {
  const { t } = useTranslation();
  const { quest, teamSize, failsNeeded, result, fails } = token;
  const tone = result === 'success' ? styles.success : result === 'fail' ? styles.fail : '';
  const words = [
    t('game.quest', { quest }),
    t('game.teamSize', { count: teamSize }),
    failsNeeded > 1 && t('game.failsNeeded', { count: failsNeeded }),
    result && t(`game.result.${result}`),
    fails !== null && t('game.fails', { count: fails }),
  ];
  return (
    <g role="img" aria-label={words.filter(Boolean).join(t('common.listSeparator'))}>
      {result === 'fail' ? (
        <rect x="-19" y="-19" width="38" height="38" rx="7" className={`${styles.quest} ${tone}`} />
      ) : (
        <circle r="21" className={`${styles.quest} ${tone} ${current ? styles.current : ''}`} />
      )}
      <text y="6" className={`${styles.size} ${tone}`}>
        {teamSize}
      </text>
      {failsNeeded > 1 && (
        <g transform="translate(18 -18)">
          <circle r="9" className={styles.twoFails} />
          <text y="4" className={styles.small}>
            {failsNeeded}✕
          </text>
        </g>
      )}
      <text y="40" className={styles.small}>
        {fails !== null ? t('game.fails', { count: fails }) : ''}
      </text>
    </g>
  );
});

function VoteTrack({ track }: { track: number }) {
  const { t } = useTranslation();
  return (
    <g>
      {TRACK.map((place) => (
        <rect
          key={place}
          x={(place - 3) * 30 - 11}
          y="46"
          width="22"
          height="6"
          rx="3"
          className={place <= track ? styles.trackOn : styles.trackOff}
        />
      ))}
      <text y="76" className={styles.small}>
        {t('game.voteTrack', { track })}
      </text>
    </g>
  );
}
