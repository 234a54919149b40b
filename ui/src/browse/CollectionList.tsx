import type { BrowseCollection } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { DATA_CLASSES } from '../shared/data-class';
import { useFormat } from '../shared/format/use-format';
import styles from './browse.module.css';

interface CollectionListProps {
  collections: BrowseCollection[];
  chosen: BrowseCollection;
  onChoose: (collection: BrowseCollection) => void;
}

/** What a backup holds, class by class. */
export function CollectionList({ collections, chosen, onChoose }: CollectionListProps) {
  const { t } = useTranslation();
  const held = DATA_CLASSES.filter((name) => collections.some((one) => one.class === name));
  return (
    <nav className={styles.list} aria-label={t('browse.collections')}>
      {held.map((name) => (
        <section key={name}>
          <h2>{t(`dataClass.${name}`)}</h2>
          <ul>
            {collections
              .filter((one) => one.class === name)
              .map((one) => (
                <li key={one.name}>
                  <Entry collection={one} current={one === chosen} onChoose={() => onChoose(one)} />
                </li>
              ))}
          </ul>
        </section>
      ))}
    </nav>
  );
}

interface EntryProps {
  collection: BrowseCollection;
  current: boolean;
  onChoose: () => void;
}

function Entry({ collection, current, onChoose }: EntryProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const keys = collection.content === 'keys';
  return (
    <button
      type="button"
      className={styles.entry}
      aria-current={current ? 'true' : undefined}
      onClick={onChoose}
      disabled={collection.content === 'view'}
      data-testid="browse-collection"
      data-collection={`${collection.class}/${collection.name}`}
    >
      <span className={keys ? undefined : styles.code}>{keys ? t('browse.redis') : collection.name}</span>
      <span className={styles.count}>
        {collection.content === 'view' ? t('browse.view') : format.number(collection.documents)}
      </span>
    </button>
  );
}
