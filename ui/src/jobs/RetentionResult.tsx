import type { RetentionOutcome } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { useFormat } from '../shared/format/use-format';
import { Facts } from '../shared/layout/Facts';
import { Panel } from '../shared/layout/Panel';

/** Which backups a retention took from the list. */
export function RetentionResult({ outcome: { removed, spared, freedBytes } }: { outcome: RetentionOutcome }) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Panel title={t('job.retention.title')}>
      <Facts
        facts={[
          { label: t('job.retention.removed'), value: format.number(removed.length) },
          { label: t('job.retention.spared'), value: format.number(spared.length) },
          { label: t('job.retention.freed'), value: format.bytes(freedBytes) },
        ]}
      />
    </Panel>
  );
}
