import { getRouteApi } from '@tanstack/react-router';
import { Select, Tooltip } from 'antd';
import { memo, useId } from 'react';
import type { SeatView } from '../api';
import { useTranslation } from '../i18n/use-translation';
import styles from './game.module.css';
import { playerName } from './player-name';

const route = getRouteApi('/games/$gameId');

interface LensProps {
  viewer: string;
  seats: SeatView[];
  /** Of how a game would have gone, which is told to god alone. */
  godAlone: boolean;
}

/** Through whose eyes: the engine answers with what they may see. */
export const Lens = memo(function Lens(props: LensProps) {
  const navigate = route.useNavigate();
  const go = (viewer: string) =>
    void navigate({ search: (current) => ({ ...current, viewer }), replace: true });
  return <LensSelect {...props} onChange={go} />;
}, offersTheSame);

/** Of the seats a lens shows who sits there: what else changes in them is not drawn anew. */
function offersTheSame(one: LensProps, other: LensProps): boolean {
  return (
    one.viewer === other.viewer &&
    one.godAlone === other.godAlone &&
    one.seats.length === other.seats.length &&
    one.seats.every((seat, index) => {
      const there = other.seats[index];
      return there?.playerId === seat.playerId && there.nick === seat.nick;
    })
  );
}

interface LensSelectProps {
  viewer: string;
  seats: SeatView[];
  onChange: (viewer: string) => void;
  /** Of how a game would have gone, which is told to god alone. */
  godAlone?: boolean;
}

/** Chooses a viewer: god, the audience, or a seat. */
export function LensSelect({ viewer, seats, onChange, godAlone = false }: LensSelectProps) {
  const { t } = useTranslation();
  const label = useId();
  const why = useId();
  const select = (
    <Select
      value={viewer}
      className={styles.lensSelect}
      disabled={godAlone}
      aria-labelledby={label}
      aria-describedby={godAlone ? why : undefined}
      data-testid="game-lens"
      onChange={onChange}
      options={[
        { value: 'god', label: t('game.lens.god') },
        { value: 'audience', label: t('game.lens.audience') },
        ...seats.map((seat) => ({
          value: seat.playerId,
          label: `${t('game.seat', { seat: seat.seat + 1 })} · ${playerName(seat)}`,
        })),
      ]}
    />
  );
  return (
    <div className={styles.lens}>
      <span id={label}>{t('game.lens.title')}</span>
      {godAlone ? (
        <Tooltip title={t('whatIf.godAlone')}>
          <span>
            {select}
            <span id={why} className="visually-hidden">
              {t('whatIf.godAlone')}
            </span>
          </span>
        </Tooltip>
      ) : (
        select
      )}
    </div>
  );
}
