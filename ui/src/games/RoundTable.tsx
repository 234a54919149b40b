import type { TFunction } from 'i18next';
import { memo } from 'react';
import type { GameView, SeatView } from '../api';
import { codeText } from '../i18n/code';
import { useTranslation } from '../i18n/use-translation';
import { Board } from './Board';
import { CardShield, Crown, Excalibur, LadyToken, VoteCard } from './icons';
import { playerName } from './player-name';
import styles from './table.module.css';

const WIDTH = 720;
const HEIGHT = 512;
const CENTRE = { x: WIDTH / 2, y: 246 };
const SEATS = { x: 292, y: 198 };
const SEAT_RADIUS = 27;

/** The table as the viewer may see it. */
export const RoundTable = memo(function RoundTable({ view }: { view: GameView }) {
  const { t } = useTranslation();
  return (
    <svg
      className={styles.table}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      role="group"
      aria-label={t('game.table')}
    >
      <ellipse cx={CENTRE.x} cy={CENTRE.y} rx="212" ry="122" className={styles.wood} />
      <ellipse cx={CENTRE.x} cy={CENTRE.y} rx="198" ry="109" className={styles.rim} />
      <g transform={`translate(${CENTRE.x} ${CENTRE.y})`}>
        <Board view={view} />
      </g>
      {view.seats.map((seat) => (
        <Seat key={seat.seat} seat={seat} of={view.seats.length} t={t} />
      ))}
    </svg>
  );
});

interface SeatProps {
  seat: SeatView;
  of: number;
  /** Handed down: looking it up in every seat would be felt when scrubbing. */
  t: TFunction;
}

const Seat = memo(function Seat({ seat, of, t }: SeatProps) {
  const angle = -Math.PI / 2 + (seat.seat * 2 * Math.PI) / of;
  const x = CENTRE.x + SEATS.x * Math.cos(angle);
  const y = CENTRE.y + SEATS.y * Math.sin(angle);
  const ring = [styles.ring, seat.onTeam && styles.onTeam, !seat.connected && styles.away];
  return (
    <g
      transform={`translate(${x} ${y})`}
      role="img"
      aria-label={seatWords(seat, t)}
      data-testid={`seat-${seat.seat}`}
    >
      <circle r={SEAT_RADIUS} className={ring.filter(Boolean).join(' ')} />
      <text y="5" className={styles.number}>
        {seat.seat + 1}
      </text>
      <text y={SEAT_RADIUS + 15} className={styles.player}>
        {playerName(seat)}
      </text>
      <text y={SEAT_RADIUS + 31} className={`${styles.role} ${seat.side ? styles[seat.side] : ''}`}>
        {roleWord(seat, t)}
      </text>
      {!seat.connected && (
        <text y={-SEAT_RADIUS - 7} className={styles.player}>
          {t('game.away')}
        </text>
      )}
      <Tokens seat={seat} />
    </g>
  );
});

function Tokens({ seat }: { seat: SeatView }) {
  return (
    <>
      {seat.leader && (
        <g transform={`translate(${-SEAT_RADIUS + 3} ${-SEAT_RADIUS + 1})`}>
          <Crown />
        </g>
      )}
      {(seat.voted || seat.vote !== null) && (
        <g transform={`translate(${SEAT_RADIUS} ${-SEAT_RADIUS + 8})`}>
          <VoteCard vote={seat.vote} />
        </g>
      )}
      {(seat.played || seat.card !== null) && (
        <g transform={`translate(${SEAT_RADIUS + 4} ${SEAT_RADIUS - 8})`}>
          <CardShield card={seat.card} />
        </g>
      )}
      {seat.lady && (
        <g transform={`translate(${-SEAT_RADIUS - 2} ${SEAT_RADIUS - 12})`}>
          <LadyToken />
        </g>
      )}
      {seat.excalibur && (
        <g transform={`translate(${-SEAT_RADIUS - 6} 0)`}>
          <Excalibur />
        </g>
      )}
    </>
  );
}

function roleWord({ role, mark }: SeatView, t: TFunction): string {
  if (role) return codeText('role', role) ?? role;
  if (mark === 'evil') return t('game.mark.evil');
  if (mark === 'merlin_or_morgana') return t('game.mark.merlin_or_morgana');
  return mark ?? '';
}

/** What a seat shows, for those who do not see it. */
function seatWords(seat: SeatView, t: TFunction): string {
  const words = [
    t('game.seat', { seat: seat.seat + 1 }),
    seat.nick ?? seat.playerId,
    seat.role && (codeText('role', seat.role) ?? seat.role),
    seat.leader && t('game.leader'),
    seat.onTeam && t('game.onTeam'),
    seat.vote !== null && t(seat.vote ? 'game.vote.approve' : 'game.vote.reject'),
    seat.vote === null && seat.voted && t('game.voted'),
    seat.card !== null && t(seat.card ? 'game.card.success' : 'game.card.fail'),
    seat.card === null && seat.played && t('game.played'),
    seat.lady && t('game.lady'),
    seat.excalibur && t('game.excalibur'),
    !seat.connected && t('game.away'),
  ];
  return words.filter(Boolean).join(t('common.listSeparator'));
}
