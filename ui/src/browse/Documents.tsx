import { Button } from 'antd';
import { type BrowseCollection, type BrowsePage, type BrowseRequest, useBrowsePages } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { useFormat } from '../shared/format/use-format';
import { Panel } from '../shared/layout/Panel';
import { Empty, ErrorState, Loading } from '../shared/layout/ScreenState';
import type { BrowseSearch } from '../shell/search';
import styles from './browse.module.css';
import { DocumentDrawer } from './DocumentDrawer';
import { DocumentTable } from './DocumentTable';

/** Documents of a page. */
const PAGE = 100;

interface DocumentsProps {
  backup: string;
  collection: BrowseCollection;
  search: BrowseSearch;
  onOpen: (key: string | undefined) => void;
  onTab: (tab: BrowseSearch['tab']) => void;
  onClear: () => void;
}

/** The documents of a collection that fit the filter, page by page. */
export function Documents({ backup, collection, search, onOpen, onTab, onClear }: DocumentsProps) {
  const { t } = useTranslation();
  const request = requestOf(backup, collection, search);
  const read = useBrowsePages(request);
  if (!read.data) {
    return (
      <Panel>
        {read.error ? (
          <ErrorState
            failure={read.error}
            onRetry={() => void read.refetch()}
            action={<Button onClick={onClear}>{t('browse.filter.clear')}</Button>}
          />
        ) : (
          <Loading label={t('browse.reading')} />
        )}
      </Panel>
    );
  }
  const { pages } = read.data;
  const rows = pages.flatMap(({ documents }) => documents);
  const full = pages.at(-1)?.documents.length === PAGE;
  const next = read.hasNextPage && !read.isFetchingNextPage ? () => void read.fetchNextPage() : undefined;
  return (
    <>
      <Panel
        title={collection.content === 'keys' ? t('browse.redis') : <code>{collection.name}</code>}
        extra={<Amount pages={pages} collection={collection} />}
        flush
      >
        {rows.length > 0 ? (
          <DocumentTable
            rows={rows}
            keys={collection.content === 'keys'}
            // Where a page came back short, going on is the reader's decision: it may read much.
            more={full ? next : undefined}
            open={search.key}
            onOpen={onOpen}
          />
        ) : (
          <Nothing
            looking={read.hasNextPage}
            filtered={request.filters.length > 0 || request.game !== null || request.player !== null}
            onClear={onClear}
          />
        )}
        {(read.isFetchingNextPage || (read.hasNextPage && !full)) && (
          <p className={styles.foot}>
            <Button loading={read.isFetchingNextPage} onClick={next} data-testid="browse-continue">
              {t('browse.continue')}
            </Button>
            <Scanned pages={pages} />
          </p>
        )}
      </Panel>
      {search.key && (
        <DocumentDrawer
          request={{ backup, class: collection.class, collection: collection.name, key: search.key }}
          tab={search.tab ?? 'tree'}
          onTab={onTab}
          onClose={() => onOpen(undefined)}
        />
      )}
    </>
  );
}

function requestOf(
  backup: string,
  collection: BrowseCollection,
  { game, player, where }: BrowseSearch,
): Omit<BrowseRequest, 'cursor'> {
  const [field, ...value] = where?.split('=') ?? [];
  return {
    backup,
    class: collection.class,
    collection: collection.name,
    game: game ?? null,
    player: player ?? null,
    filters: field ? [{ field: field.trim(), value: value.join('=') }] : [],
    limit: PAGE,
    full: false,
  };
}

function Amount({ pages, collection }: { pages: BrowsePage[]; collection: BrowseCollection }) {
  const { t } = useTranslation();
  const format = useFormat();
  const shown = pages.reduce((sum, { documents }) => sum + documents.length, 0);
  const last = pages.at(-1);
  const all = last?.cursor === null;
  return (
    <span data-testid="browse-amount">
      {t(all ? 'browse.amount' : 'browse.amountMore', {
        shown: format.number(shown),
        total: format.number(collection.documents),
      })}
      {last?.byKey && ` · ${t('browse.byKey')}`}
    </span>
  );
}

function Scanned({ pages }: { pages: BrowsePage[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const scanned = pages.reduce((sum, page) => sum + page.scanned, 0);
  const bytes = pages.reduce((sum, page) => sum + page.scannedBytes, 0);
  return (
    <span>
      {t('browse.scanned', {
        scanned: format.number(scanned),
        total: format.number(pages[0]?.total ?? 0),
        bytes: format.bytes(bytes),
      })}
    </span>
  );
}

interface NothingProps {
  /** Whether there is more to look at. */
  looking: boolean;
  filtered: boolean;
  onClear: () => void;
}

function Nothing({ looking, filtered, onClear }: NothingProps) {
  const { t } = useTranslation();
  if (!filtered) return <Empty title={t('browse.empty')}>{t('browse.emptyHint')}</Empty>;
  return (
    <Empty
      title={looking ? t('browse.noneYet') : t('browse.none')}
      action={!looking && <Button onClick={onClear}>{t('browse.filter.clear')}</Button>}
    >
      {looking ? t('browse.noneYetHint') : t('browse.noneHint')}
    </Empty>
  );
}
