import { getRouteApi } from '@tanstack/react-router';
import { type BrowseCollection, useRead } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { CopyCommand } from '../shared/format/CopyCommand';
import { Moment } from '../shared/format/Moment';
import { ShortId } from '../shared/format/ShortId';
import { LinkButton } from '../shared/LinkButton';
import { Panel } from '../shared/layout/Panel';
import { ReadView } from '../shared/layout/ReadView';
import { Screen } from '../shared/layout/Screen';
import { Empty } from '../shared/layout/ScreenState';
import type { BrowseSearch } from '../shell/search';
import styles from './browse.module.css';
import { CollectionList } from './CollectionList';
import { Documents } from './Documents';
import { FilterBar } from './FilterBar';

const route = getRouteApi('/backups/$backupId/browse');

/** The documents inside a backup, read out of the vault without restoring it. */
export function BrowseScreen() {
  const { t } = useTranslation();
  const { backupId } = route.useParams();
  const search = route.useSearch();
  const summary = useRead('backup.show', { id: backupId }).data?.summary;
  const read = useRead('backup.collections', { id: backupId });
  return (
    <Screen
      testId="browse"
      title={
        <>
          {t('browse.title')} {summary && <Moment at={summary.consistentAt} show="time" />}
        </>
      }
      subtitle={<ShortId id={backupId} full />}
      actions={
        <>
          <CopyCommand command={commandOf(backupId, search)} />
          <LinkButton to="/backups/$backupId" params={{ backupId }}>
            {t('browse.toBackup')}
          </LinkButton>
        </>
      }
    >
      <ReadView
        read={read}
        label={t('browse.loading')}
        action={
          <LinkButton to="/backups" look="primary">
            {t('backup.toList')}
          </LinkButton>
        }
      >
        {(collections) => <Collections backup={backupId} collections={collections} />}
      </ReadView>
    </Screen>
  );
}

function Collections({ backup, collections }: { backup: string; collections: BrowseCollection[] }) {
  const { t } = useTranslation();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const change = (patch: BrowseSearch) =>
    void navigate({ search: (current) => ({ ...current, ...patch }), replace: true });
  const chosen = chosenOf(collections, search);
  if (!chosen) {
    return (
      <Panel>
        <Empty title={t('browse.nothing')}>{t('browse.nothingHint')}</Empty>
      </Panel>
    );
  }
  return (
    <div className={styles.split}>
      <CollectionList
        collections={collections}
        chosen={chosen}
        onChoose={({ class: name, name: collection }) =>
          change({ class: name, collection, where: undefined, key: undefined })
        }
      />
      <div className={styles.main}>
        <FilterBar
          key={`${chosen.class} ${chosen.name}`}
          content={chosen.content}
          search={search}
          onChange={(patch) => change({ ...patch, key: undefined })}
        />
        <Documents
          backup={backup}
          collection={chosen}
          search={search}
          onOpen={(key) => change({ key })}
          onTab={(tab) => change({ tab })}
          onClear={() => change({ game: undefined, player: undefined, where: undefined, key: undefined })}
        />
      </div>
    </div>
  );
}

/** The collection that the address names, else the first that holds something. */
function chosenOf(collections: BrowseCollection[], search: BrowseSearch): BrowseCollection | undefined {
  return (
    collections.find(
      ({ class: name, name: label }) => name === search.class && label === search.collection,
    ) ??
    collections.find(({ documents }) => documents > 0) ??
    collections[0]
  );
}

/** The command that shows the same. */
function commandOf(backup: string, search: BrowseSearch): string {
  const parts = [`avault backup browse ${backup}`];
  const add = (flag: string, value: string | undefined) => value && parts.push(flag, quoted(value));
  add('--class', search.class);
  add('--collection', search.collection);
  add('--game', search.game);
  add('--player', search.player);
  add('--where', search.where);
  return parts.join(' ');
}

/** As a POSIX shell needs it. */
function quoted(value: string): string {
  return /^[\w.=-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`;
}
