import type { Counted, PruneOutcome } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { useFormat } from '../shared/format/use-format';
import { Facts } from '../shared/layout/Facts';
import { Panel } from '../shared/layout/Panel';

/** What a prune deleted and marked, or would. */
export function PruneResult({ outcome }: { outcome: PruneOutcome }) {
  const { t } = useTranslation();
  const format = useFormat();
  const amount = ({ objects, bytes }: Counted) =>
    t('storage.usage.amount', {
      bytes: format.bytes(bytes),
      count: objects,
      objects: format.number(objects),
    });
  const { dryRun, deleted, marked, young, spared, locked, dueAt } = outcome;
  return (
    <Panel title={dryRun ? t('job.prune.preview') : t('job.prune.title')}>
      <div data-testid="prune-result">
        <Facts
          facts={[
            { label: t('job.prune.deleted'), value: amount(deleted) },
            { label: t('job.prune.marked'), value: amount(marked) },
            { label: t('job.prune.young'), value: amount(young) },
            { label: t('job.prune.spared'), value: amount(spared) },
            ...(locked.objects > 0 ? [{ label: t('job.prune.locked'), value: amount(locked) }] : []),
            { label: t('job.prune.dueAt'), value: dueAt === null ? '—' : format.absolute(dueAt) },
          ]}
        />
      </div>
    </Panel>
  );
}
