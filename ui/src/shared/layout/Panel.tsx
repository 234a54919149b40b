import { type ReactNode, useId } from 'react';
import styles from './layout.module.css';

interface PanelProps {
  title?: ReactNode;
  extra?: ReactNode;
  children: ReactNode;
  /** Leaves the content without padding, for tables that reach the edges. */
  flush?: boolean;
  className?: string;
}

/** A bordered part of a screen with a heading. */
export function Panel({ title, extra, children, flush, className }: PanelProps) {
  const heading = useId();
  return (
    <section
      className={`${styles.panel} ${flush ? styles.flush : ''} ${className ?? ''}`}
      aria-labelledby={title ? heading : undefined}
    >
      {(title || extra) && (
        <div className={styles.panelHeader}>
          {title && <h2 id={heading}>{title}</h2>}
          {extra && <div className={styles.panelExtra}>{extra}</div>}
        </div>
      )}
      {children}
    </section>
  );
}
