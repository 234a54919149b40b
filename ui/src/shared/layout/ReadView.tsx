import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Failure } from '../../api';
import { ErrorState, Loading } from './ScreenState';

interface ReadViewProps<T> {
  read: UseQueryResult<T, Failure>;
  /** What is being waited for. */
  label?: string;
  /** A button beside "try again" when reading failed. */
  action?: ReactNode;
  children: (data: T) => ReactNode;
}

/** A read's waiting, failed and full states. What was read once stays on screen when a refresh fails. */
export function ReadView<T>({ read, label, action, children }: ReadViewProps<T>) {
  if (read.data !== undefined) return children(read.data);
  if (read.error) return <ErrorState failure={read.error} onRetry={() => read.refetch()} action={action} />;
  return <Loading label={label} />;
}
