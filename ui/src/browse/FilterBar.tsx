import { FilterOutlined, SearchOutlined } from '@ant-design/icons';
import { Button, Input } from 'antd';
import { type FormEvent, useState } from 'react';
import type { Content } from '../api';
import { useTranslation } from '../i18n/use-translation';
import type { BrowseSearch } from '../shell/search';
import styles from './browse.module.css';

interface FilterBarProps {
  content: Content;
  search: BrowseSearch;
  onChange: (patch: BrowseSearch) => void;
}

/** By game, by player, by a field's value; asked for when it is confirmed, since it may read much. */
export function FilterBar({ content, search, onChange }: FilterBarProps) {
  const { t } = useTranslation();
  const [game, setGame] = useState(search.game ?? '');
  const [player, setPlayer] = useState(search.player ?? '');
  const [where, setWhere] = useState(search.where ?? '');
  const submit = (event?: FormEvent) => {
    event?.preventDefault();
    const text = (value: string) => value.trim() || undefined;
    const condition = text(where);
    onChange({
      game: text(game),
      player: text(player),
      // A value alone is looked for among the keys.
      where: condition && !condition.includes('=') ? `_id=${condition}` : condition,
    });
  };
  const clear = () => {
    setGame('');
    setPlayer('');
    setWhere('');
    onChange({ game: undefined, player: undefined, where: undefined });
  };
  const filtered = search.game ?? search.player ?? search.where;
  const keys = content === 'keys';
  return (
    <form className={styles.filters} onSubmit={submit} aria-label={t('browse.filter.title')}>
      <Input
        className={styles.condition}
        prefix={<SearchOutlined aria-hidden />}
        placeholder={keys ? t('browse.filter.key') : t('browse.filter.where')}
        aria-label={keys ? t('browse.filter.key') : t('browse.filter.where')}
        value={where}
        onChange={({ target }) => setWhere(target.value)}
        spellCheck={false}
        data-testid="browse-where"
      />
      <Input
        className={styles.by}
        placeholder={t('browse.filter.game')}
        aria-label={t('browse.filter.game')}
        value={game}
        onChange={({ target }) => setGame(target.value)}
        spellCheck={false}
        data-testid="browse-game"
      />
      <Input
        className={styles.by}
        placeholder={t('browse.filter.player')}
        aria-label={t('browse.filter.player')}
        value={player}
        onChange={({ target }) => setPlayer(target.value)}
        spellCheck={false}
        data-testid="browse-player"
      />
      <Button
        htmlType="submit"
        type="primary"
        icon={<FilterOutlined aria-hidden />}
        data-testid="browse-filter"
      >
        {t('browse.filter.apply')}
      </Button>
      {filtered && <Button onClick={clear}>{t('browse.filter.clear')}</Button>}
    </form>
  );
}
