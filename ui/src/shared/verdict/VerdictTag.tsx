import {
  CheckCircleOutlined,
  CloseCircleOutlined,
  ExclamationCircleOutlined,
  QuestionCircleOutlined,
} from '@ant-design/icons';
import type { ReactNode } from 'react';
import styles from './verdict.module.css';

/** The scale of verdicts; always shown with an icon and a word, never by colour alone. */
export type Verdict = 'verified' | 'attention' | 'failed' | 'unknown';

const ICONS = {
  verified: CheckCircleOutlined,
  attention: ExclamationCircleOutlined,
  failed: CloseCircleOutlined,
  unknown: QuestionCircleOutlined,
};

interface VerdictTagProps {
  verdict: Verdict;
  children: ReactNode;
  testId?: string;
}

/** A verdict with its word. */
export function VerdictTag({ verdict, children, testId }: VerdictTagProps) {
  const Icon = ICONS[verdict];
  return (
    <span className={`${styles.tag} ${styles[verdict]}`} data-testid={testId} data-verdict={verdict}>
      <Icon aria-hidden />
      <span>{children}</span>
    </span>
  );
}
