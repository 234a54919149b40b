import type { EventOrigin } from '../api';
import { useTranslation } from '../i18n/use-translation';
import styles from './whatif.module.css';

/** How an event is not as in the log, in a word; nothing where it is. */
export function OriginTag({ origin }: { origin: EventOrigin | undefined }) {
  return origin && origin.origin !== 'log' && <Tag origin={origin.origin} />;
}

function Tag({ origin }: { origin: Exclude<EventOrigin['origin'], 'log'> }) {
  const { t } = useTranslation();
  return (
    <span className={`${styles.origin} ${styles[origin]}`} data-testid={`origin-${origin}`}>
      {t(`whatIf.origin.${origin}`)}
    </span>
  );
}
