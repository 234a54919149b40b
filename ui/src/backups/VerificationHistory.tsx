import type { VerificationView } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { useFormat } from '../shared/format/use-format';
import { CoverageNote } from '../shared/verdict/CoverageNote';
import { VerificationTag } from '../shared/verdict/VerificationTag';
import styles from './backups.module.css';

/** Every verification that was run, newest first. */
export function VerificationHistory({ verifications }: { verifications: VerificationView[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  if (verifications.length === 0) return <span className={styles.note}>{t('backup.history.none')}</span>;
  return (
    <ul className={styles.history}>
      {verifications.map((verification) => (
        <li key={`${verification.at} ${verification.level}`}>
          <VerificationTag verification={verification} />
          <span className={styles.note}>{format.absolute(verification.at)}</span>
          {verification.coverage && !verification.coverage.complete && (
            <CoverageNote coverage={verification.coverage} />
          )}
        </li>
      ))}
    </ul>
  );
}
