import { Select } from 'antd';
import { useDeferredValue, useState } from 'react';
import { useRead } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { shortId } from '../shared/format/ShortId';
import { useFormat } from '../shared/format/use-format';

interface GameSelectProps {
  title: string;
  game: string;
  onChange: (game: string) => void;
}

/** Chooses a finished game by a part of its, its room's or a player's id. */
export function GameSelect({ title, game, onChange }: GameSelectProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const [typed, setTyped] = useState('');
  const search = useDeferredValue(typed);
  const read = useRead('game.list', { status: 'finished', search, cursor: null, limit: 20 }, { keep: true });
  const games = read.data?.games ?? [];
  const label = (id: string, at: number) => `${shortId(id)} · ${format.absolute(at)}`;
  const known = games.map(({ id, updatedAt }) => ({ value: id, label: label(id, updatedAt) }));
  return (
    <Select
      value={game}
      showSearch={{ filterOption: false, onSearch: setTyped }}
      loading={read.isFetching}
      aria-label={t('diff.game', { side: title })}
      data-testid="diff-game"
      onChange={onChange}
      notFoundContent={t('diff.noGame')}
      options={
        games.some(({ id }) => id === game) ? known : [{ value: game, label: shortId(game) }, ...known]
      }
    />
  );
}
