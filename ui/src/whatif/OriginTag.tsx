import { useTranslation } from 'react-i18next';
import type { EventOrigin } from '../api';
import styles from './whatif.module.css';

/** How an event is not as in the log, in a word; nothing where it is. */
export function OriginTag({ origin }: { origin: EventOrigin | undefined }) {
  const { t } = useTranslation();
  if (!origin || origin.origin === 'log') return null;
  return (
    <span className={`${styles.origin} ${styles[origin.origin]}`} data-testid={`origin-${origin.origin}`}>
      {t(`whatIf.origin.${origin.origin}`)}
    </span>
  );
}
