import type { ReactNode } from 'react';
import { type BackupView, type DataClass, useRead } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { ClassPicker } from '../shared/data-class';
import { Moment } from '../shared/format/Moment';
import { ReadView } from '../shared/layout/ReadView';
import { VerificationTag } from '../shared/verdict/VerificationTag';
import styles from './backups.module.css';

interface ChosenSetProps {
  backup: string;
  /** The classes chosen; null means all that the set holds. */
  classes: DataClass[] | null;
  onChange: (classes: DataClass[]) => void;
  children?: (summary: BackupView) => ReactNode;
}

/** The set that a dialog is about, and which of its classes are meant. */
export function ChosenSet({ backup, classes, onChange, children }: ChosenSetProps) {
  const { t } = useTranslation();
  const read = useRead('backup.show', { id: backup });
  return (
    <ReadView read={read} label={t('backup.loading')}>
      {({ summary }) => (
        <>
          <p className={styles.subject}>
            <strong>
              {t('backup.title')} <Moment at={summary.consistentAt} show="time" />
            </strong>
            <VerificationTag verification={summary.verification} />
          </p>
          <ClassPicker from={summary.classes} value={classes ?? summary.classes} onChange={onChange} />
          {children?.(summary)}
        </>
      )}
    </ReadView>
  );
}
