import type { DiffView } from '../api';
import { useTranslation } from '../i18n/use-translation';
import styles from './diff.module.css';
import { type RawLine, rawLines } from './raw-lines';

/** The two states as JSON, side by side; what differs is marked. */
export function RawPanes({ view }: { view: DiffView }) {
  const { t } = useTranslation();
  return (
    <div className={styles.panes}>
      <Pane label={t('diff.before')} lines={rawLines(view.structure, 'before')} />
      <Pane label={t('diff.after')} lines={rawLines(view.structure, 'after')} />
    </div>
  );
}

function Pane({ label, lines }: { label: string; lines: RawLine[] }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area has to be reachable by keyboard
    <section className={styles.pane} tabIndex={0} aria-label={label}>
      <h3>{label}</h3>
      <pre>
        {lines.map(({ text, differs }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines have no other name than their place
          <span key={index} className={differs ? styles.differs : undefined}>
            {`${text}\n`}
          </span>
        ))}
      </pre>
    </section>
  );
}
