import type { StoreStatistics } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { useFormat } from '../shared/format/use-format';
import { type Fact, Facts } from '../shared/layout/Facts';
import { Panel } from '../shared/layout/Panel';
import { Growth } from './Growth';
import { PruneButtons } from './PruneButtons';
import styles from './storage.module.css';

/** Bytes of the store, what is free to go, and how fast it fills. */
export function UsagePanel({ statistics }: { statistics: StoreStatistics }) {
  const { t } = useTranslation();
  return (
    <Panel title={t('storage.usage.title')} extra={<PruneButtons />}>
      <div className={styles.usage}>
        <Facts facts={useUsageFacts(statistics)} />
        <Growth growth={statistics.growth} />
      </div>
    </Panel>
  );
}

function useUsageFacts(statistics: StoreStatistics): Fact[] {
  const { t } = useTranslation();
  const format = useFormat();
  const { storedBytes, objects, unusedBytes, unusedObjects, logicalBytes, deduplication } = statistics;
  const { bytesPerDay, quotaBytes, daysUntilQuota } = statistics;
  const amount = (bytes: number, count: number) =>
    t('storage.usage.amount', { bytes: format.bytes(bytes), count, objects: format.number(count) });
  return [
    { label: t('storage.usage.used'), value: amount(storedBytes, objects) },
    { label: t('storage.usage.unused'), value: amount(unusedBytes, unusedObjects) },
    {
      label: t('storage.usage.logical'),
      value: t('storage.usage.ratio', {
        bytes: format.bytes(logicalBytes),
        ratio: format.number(Math.round(deduplication * 10) / 10),
      }),
    },
    {
      label: t('storage.usage.perDay'),
      value: t('storage.usage.perDayValue', { bytes: format.bytes(bytesPerDay) }),
    },
    {
      label: t('storage.usage.quota'),
      value: quotaBytes === null ? t('storage.usage.noQuota') : format.bytes(quotaBytes),
    },
    {
      label: t('storage.usage.full'),
      value:
        daysUntilQuota === null
          ? t('storage.usage.never')
          : t('storage.usage.days', {
              count: Math.floor(daysUntilQuota),
              days: format.number(Math.floor(daysUntilQuota)),
            }),
    },
  ];
}
