import type { DiffView } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { VerdictTag } from '../shared/verdict/VerdictTag';

const COUNTED = ['winner', 'statistics', 'rating'] as const;

/** Whether what is counted of the game differs. */
export function OutcomeBadge({ view: { outcome, facts } }: { view: Pick<DiffView, 'outcome' | 'facts'> }) {
  const { t } = useTranslation();
  const counted = COUNTED.filter((name) => outcome[name]).map((name) => t(`diff.counted.${name}`));
  if (counted.length > 0) {
    return (
      <VerdictTag verdict="attention" testId="diff-outcome">
        {t('diff.outcome.changes', { what: counted.join(t('common.listSeparator')) })}
      </VerdictTag>
    );
  }
  return (
    <VerdictTag verdict="verified" testId="diff-outcome">
      {facts.length === 0 ? t('diff.outcome.equal') : t('diff.outcome.keeps')}
    </VerdictTag>
  );
}
