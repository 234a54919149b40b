import type { CoverageView } from '../../api';
import { useTranslation } from '../../i18n/use-translation';
import { useFormat } from '../format/use-format';
import styles from './verdict.module.css';

/** What a reading by sample tells of what it did not read, in the numbers that the engine worked out. */
export function CoverageNote({ coverage }: { coverage: CoverageView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { segments, read, complete, chances, foundFrom } = coverage;
  if (complete) {
    return <p className={styles.coverage}>{t('coverage.all', { segments: format.number(segments) })}</p>;
  }
  const parts = [
    t('coverage.read', { segments: format.number(segments), read: format.number(read) }),
    ...chances.map(({ damaged, perTenThousand }) =>
      damaged === 1
        ? t('coverage.single', { chance: format.number(perTenThousand / 100) })
        : t('coverage.several', {
            damaged: format.number(damaged),
            chance: format.number(perTenThousand / 100),
          }),
    ),
    ...(foundFrom === null ? [] : [t('coverage.from', { damaged: format.number(foundFrom) })]),
  ];
  return (
    <p className={styles.coverage} data-testid="coverage">
      {parts.join(t('coverage.separator'))}
      {t('coverage.end')}
    </p>
  );
}
