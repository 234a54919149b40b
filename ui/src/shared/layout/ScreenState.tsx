import { InboxOutlined, WarningOutlined } from '@ant-design/icons';
import { Button, Spin } from 'antd';
import type { ReactNode } from 'react';
import type { Failure } from '../../api';
import { useTranslation } from '../../i18n/use-translation';
import { describeFailure } from '../describe';
import styles from './layout.module.css';

/** Waiting, with what for. */
export function Loading({ label }: { label?: string }) {
  const { t } = useTranslation();
  return (
    <div className={styles.state} role="status" data-testid="loading">
      <Spin />
      <span>{label ?? t('common.loading')}</span>
    </div>
  );
}

interface EmptyProps {
  title: string;
  children?: ReactNode;
  action?: ReactNode;
}

/** Nothing to show yet, and the one sensible next step. */
export function Empty({ title, children, action }: EmptyProps) {
  return (
    <div className={styles.state}>
      <InboxOutlined className={styles.stateIcon} aria-hidden />
      <strong>{title}</strong>
      {children && <span className={styles.stateDetail}>{children}</span>}
      {action && <div className={styles.stateActions}>{action}</div>}
    </div>
  );
}

interface ErrorStateProps {
  failure: Failure;
  onRetry?: () => void;
  action?: ReactNode;
}

/** What failed, what to do, and a button that does it. */
export function ErrorState({ failure, onRetry, action }: ErrorStateProps) {
  const { t } = useTranslation();
  const { message, hint } = describeFailure(failure);
  return (
    <div className={styles.state} role="alert" data-testid="failure">
      <WarningOutlined className={styles.stateIcon} aria-hidden />
      <strong>{message}</strong>
      {hint && <span className={styles.stateDetail}>{hint}</span>}
      <div className={styles.stateActions}>
        {action}
        {onRetry && (
          <Button onClick={onRetry} type={action ? 'default' : 'primary'}>
            {t('common.retry')}
          </Button>
        )}
      </div>
    </div>
  );
}
