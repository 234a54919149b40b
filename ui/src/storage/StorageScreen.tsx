import { type StoreStatistics, useRead } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { CopyCommand } from '../shared/format/CopyCommand';
import { useFormat } from '../shared/format/use-format';
import { ReadView } from '../shared/layout/ReadView';
import { Screen } from '../shared/layout/Screen';
import { KeysPanel } from './KeysPanel';
import { PolicyPanel } from './PolicyPanel';
import { StoresPanel } from './StoresPanel';
import { UsagePanel } from './UsagePanel';

/** What the store holds, how it grows, how long things are kept, and what opens it. */
export function StorageScreen() {
  const { t } = useTranslation();
  const read = useRead('store.statistics', {}, { every: 60_000 });
  return (
    <Screen
      title={t('storage.title')}
      subtitle={read.data && <Summary statistics={read.data} />}
      actions={<CopyCommand command="avault statistics" />}
      testId="storage"
    >
      <ReadView read={read} label={t('storage.loading')}>
        {(statistics) => <UsagePanel statistics={statistics} />}
      </ReadView>
      <StoresPanel />
      <PolicyPanel />
      <KeysPanel />
    </Screen>
  );
}

function Summary({ statistics: { backups, storedBytes, deduplication } }: { statistics: StoreStatistics }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      {t('storage.summary', {
        count: backups,
        stored: format.bytes(storedBytes),
        ratio: format.number(Math.round(deduplication * 10) / 10),
      })}
    </>
  );
}
