import { SearchOutlined } from '@ant-design/icons';
import { getRouteApi } from '@tanstack/react-router';
import { Input, Segmented } from 'antd';
import { type GameStatus, useGamePages } from '../api';
import { OpenFileButton } from '../files/OpenFileButton';
import { useTranslation } from '../i18n/use-translation';
import { DamageButton } from '../overview/DamageButton';
import { CopyCommand } from '../shared/format/CopyCommand';
import { useFormat } from '../shared/format/use-format';
import { LinkButton } from '../shared/LinkButton';
import { Panel } from '../shared/layout/Panel';
import { Screen } from '../shared/layout/Screen';
import { Empty, ErrorState, Loading } from '../shared/layout/ScreenState';
import { GameTable } from './GameTable';
import styles from './games.module.css';

const route = getRouteApi('/games');
const PAGE = 100;
const LIVE_REFRESH_MS = 2000;

/** Games being played, and finished ones. */
export function GamesScreen() {
  const { t } = useTranslation();
  const { status = 'live', q = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const change = (patch: { status?: GameStatus; q?: string }) =>
    void navigate({ search: (current) => ({ ...current, ...patch }), replace: true });
  return (
    <Screen
      testId="games"
      title={t('games.title')}
      subtitle={t('games.subtitle')}
      actions={
        <>
          <OpenFileButton label={t('files.open')} />
          <DamageButton />
          <CopyCommand command={commandOf(status, q)} />
        </>
      }
    >
      <div className={styles.filters}>
        <Segmented<GameStatus>
          value={status}
          onChange={(value) => change({ status: value })}
          aria-label={t('games.statusLegend')}
          options={(['live', 'finished'] as const).map((value) => ({
            value,
            label: <span data-testid={`games-${value}`}>{t(`games.status.${value}`)}</span>,
          }))}
        />
        <Input
          className={styles.search}
          allowClear
          prefix={<SearchOutlined aria-hidden />}
          placeholder={t('games.search')}
          aria-label={t('games.search')}
          value={q}
          onChange={({ target }) => change({ q: target.value || undefined })}
          data-testid="games-search"
        />
      </div>
      <GameList status={status} search={q} />
    </Screen>
  );
}

function commandOf(status: GameStatus, search: string): string {
  const parts = ['avault game list'];
  if (status === 'finished') parts.push('--finished');
  if (search) parts.push('--search', JSON.stringify(search));
  return parts.join(' ');
}

function GameList({ status, search }: { status: GameStatus; search: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const read = useGamePages({ status, search, limit: PAGE }, status === 'live' && LIVE_REFRESH_MS);
  const games = read.data?.pages.flatMap((page) => page.games) ?? [];
  const total = read.data?.pages[0]?.total ?? 0;
  if (!read.data) {
    return read.error ? (
      <Panel>
        <ErrorState
          failure={read.error}
          onRetry={() => void read.refetch()}
          action={<LinkButton to="/settings">{t('shell.nav.settings')}</LinkButton>}
        />
      </Panel>
    ) : (
      <Panel>
        <Loading label={t('games.loading')} />
      </Panel>
    );
  }
  if (games.length === 0) {
    return (
      <Panel>
        <Empty title={search ? t('games.noMatch', { search }) : t(`games.empty.${status}`)}>
          {search ? undefined : t(`games.emptyHint.${status}`)}
        </Empty>
      </Panel>
    );
  }
  return (
    <Panel
      title={t(`games.status.${status}`)}
      extra={t('games.total', { count: total, amount: format.number(total) })}
      flush
    >
      <GameTable
        games={games}
        live={status === 'live'}
        more={read.hasNextPage && !read.isFetchingNextPage ? () => void read.fetchNextPage() : undefined}
      />
    </Panel>
  );
}
