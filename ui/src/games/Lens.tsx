import { getRouteApi } from '@tanstack/react-router';
import { Select } from 'antd';
import { useTranslation } from 'react-i18next';
import type { GameView } from '../api';
import styles from './game.module.css';
import { playerName } from './player-name';

const route = getRouteApi('/games/$gameId');

/** Through whose eyes: the engine answers with what they may see. */
export function Lens({ view }: { view: GameView }) {
  const { t } = useTranslation();
  const navigate = route.useNavigate();
  return (
    <div className={styles.lens}>
      <span id="lens-label">{t('game.lens.title')}</span>
      <Select
        value={view.viewer}
        className={styles.lensSelect}
        aria-labelledby="lens-label"
        data-testid="game-lens"
        onChange={(viewer: string) =>
          void navigate({ search: (current) => ({ ...current, viewer }), replace: true })
        }
        options={[
          { value: 'god', label: t('game.lens.god') },
          { value: 'audience', label: t('game.lens.audience') },
          ...view.seats.map((seat) => ({
            value: seat.playerId,
            label: `${t('game.seat', { seat: seat.seat + 1 })} · ${playerName(seat)}`,
          })),
        ]}
      />
    </div>
  );
}
