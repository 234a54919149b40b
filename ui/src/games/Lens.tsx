import { getRouteApi } from '@tanstack/react-router';
import { Select } from 'antd';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { GameView, SeatView } from '../api';
import styles from './game.module.css';
import { playerName } from './player-name';

const route = getRouteApi('/games/$gameId');

/** Through whose eyes: the engine answers with what they may see. */
export function Lens({ view }: { view: GameView }) {
  const navigate = route.useNavigate();
  return (
    <LensSelect
      viewer={view.viewer}
      seats={view.seats}
      onChange={(viewer) => void navigate({ search: (current) => ({ ...current, viewer }), replace: true })}
    />
  );
}

interface LensSelectProps {
  viewer: string;
  seats: SeatView[];
  onChange: (viewer: string) => void;
}

/** Chooses a viewer: god, the audience, or a seat. */
export function LensSelect({ viewer, seats, onChange }: LensSelectProps) {
  const { t } = useTranslation();
  const label = useId();
  return (
    <div className={styles.lens}>
      <span id={label}>{t('game.lens.title')}</span>
      <Select
        value={viewer}
        className={styles.lensSelect}
        aria-labelledby={label}
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
    </div>
  );
}
