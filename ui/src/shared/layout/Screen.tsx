import type { ReactNode } from 'react';
import styles from './layout.module.css';

interface ScreenProps {
  title: ReactNode;
  subtitle?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  testId?: string;
}

/** A screen: one title, what it is about, its actions, its panels. */
export function Screen({ title, subtitle, actions, children, testId }: ScreenProps) {
  return (
    <div className={styles.screen} data-testid={testId}>
      <header className={styles.header}>
        <div className={styles.heading}>
          <h1>{title}</h1>
          {subtitle && <div className={styles.subtitle}>{subtitle}</div>}
        </div>
        {actions && <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}
