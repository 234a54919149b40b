import { DiffOutlined } from '@ant-design/icons';
import { getRouteApi } from '@tanstack/react-router';
import { Button } from 'antd';
import { useState } from 'react';
import { type SnapshotRow, type SnapshotTotal, useSnapshotPages } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { CopyCommand } from '../shared/format/CopyCommand';
import { useFormat, useNow } from '../shared/format/use-format';
import { LinkButton } from '../shared/LinkButton';
import { Panel } from '../shared/layout/Panel';
import { Screen } from '../shared/layout/Screen';
import { Empty, ErrorState, Loading } from '../shared/layout/ScreenState';
import type { SnapshotsSearch } from '../shell/search';
import { FilterBar } from './FilterBar';
import { Following } from './Following';
import { queryOf, requestOf } from './filters';
import { SavedViews } from './SavedViews';
import { SnapshotTable } from './SnapshotTable';
import { useCompare } from './use-compare';
import { VerifyButton } from './VerifyButton';

const route = getRouteApi('/snapshots');
const PAGE = 100;
/** How often it is looked whether there are newer ones. */
const EVERY_MS = 10_000;
const MINUTE_MS = 60_000;

/** Snapshots of all games, newest first; what is looked for is in the address. */
export function SnapshotsScreen() {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const [chosen, setChosen] = useState<SnapshotRow[]>([]);
  const compare = useCompare();
  const show = (filters: SnapshotsSearch) => void navigate({ search: filters, replace: true });
  const [first, second] = chosen;
  // To the minute, so that a list of the last hour is not another at every moment.
  const now = Math.floor(useNow(MINUTE_MS) / MINUTE_MS) * MINUTE_MS;
  const read = useSnapshotPages({ ...requestOf(search, now), limit: PAGE }, EVERY_MS);
  const newest = read.data?.pages[0];
  return (
    <Screen
      testId="snapshots"
      title={t('snapshots.title')}
      subtitle={t('snapshots.subtitle')}
      actions={
        <>
          {newest && <Following job={newest.followedBy} />}
          <Button
            icon={<DiffOutlined aria-hidden />}
            disabled={!second}
            onClick={() => first && second && compare(first, second)}
            data-testid="snapshots-compare"
          >
            {second ? t('snapshots.compareTwo') : t('snapshots.compareChosen', { count: chosen.length })}
          </Button>
          <VerifyButton game={search.game ?? null} />
          <SavedViews search={search} onShow={show} />
          <CopyCommand command={commandOf(search)} />
        </>
      }
    >
      <FilterBar search={search} onChange={show} />
      <SnapshotList
        read={read}
        search={search}
        chosen={chosen}
        onChosen={setChosen}
        onClear={() => show({})}
      />
    </Screen>
  );
}

/** The command that lists the same, but for times, which it takes none of. */
function commandOf({ text, game, room, player, kinds }: SnapshotsSearch): string {
  const parts = ['avault snapshot list'];
  if (game) parts.push('--game', game);
  if (room) parts.push('--room', room);
  if (player) parts.push('--player', player);
  if (kinds) parts.push('--type', kinds.join(','));
  if (text) parts.push('--search', JSON.stringify(text));
  return parts.join(' ');
}

interface SnapshotListProps {
  read: ReturnType<typeof useSnapshotPages>;
  search: SnapshotsSearch;
  chosen: SnapshotRow[];
  onChosen: (rows: SnapshotRow[]) => void;
  onClear: () => void;
}

function SnapshotList({ read, search, chosen, onChosen, onClear }: SnapshotListProps) {
  const { t } = useTranslation();
  const clear = (
    <Button type="primary" onClick={onClear} data-testid="snapshots-clear">
      {t('snapshots.filter.clear')}
    </Button>
  );
  if (read.error && !read.data) {
    const tooMany = read.error.code === 'invalid_request' && read.error.context.field === 'text';
    return (
      <Panel>
        {tooMany ? (
          <Empty title={t('snapshots.tooMany', { text: search.text })} action={clear}>
            {t('snapshots.tooManyHint')}
          </Empty>
        ) : (
          <ErrorState
            failure={read.error}
            onRetry={() => void read.refetch()}
            action={<LinkButton to="/settings">{t('shell.nav.settings')}</LinkButton>}
          />
        )}
      </Panel>
    );
  }
  if (!read.data) {
    return (
      <Panel>
        <Loading label={t('snapshots.loading')} />
      </Panel>
    );
  }
  const rows = read.data.pages.flatMap((page) => page.snapshots);
  if (rows.length === 0) {
    return (
      <Panel>
        {queryOf(search) ? (
          <Empty title={t('snapshots.noMatch')} action={clear}>
            {t('snapshots.noMatchHint')}
          </Empty>
        ) : (
          <Empty
            title={t('snapshots.empty')}
            action={
              <LinkButton to="/games" search={{}} look="primary" data-testid="snapshots-to-games">
                {t('snapshots.toGames')}
              </LinkButton>
            }
          >
            {t('snapshots.emptyHint')}
          </Empty>
        )}
      </Panel>
    );
  }
  return (
    <Panel title={t('snapshots.list')} extra={<Amount total={read.data.pages[0]?.total ?? null} />} flush>
      <SnapshotTable
        rows={rows}
        chosen={chosen}
        onChosen={onChosen}
        more={read.hasNextPage && !read.isFetchingNextPage ? () => void read.fetchNextPage() : undefined}
      />
    </Panel>
  );
}

function Amount({ total }: { total: SnapshotTotal | null }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (!total) return null;
  const amount = `${format.number(total.count)}${total.capped ? '+' : ''}`;
  return <span data-testid="snapshots-total">{t('snapshots.total', { count: total.count, amount })}</span>;
}
