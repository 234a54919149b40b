import { useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { OperationName, RestoreRequest } from '../api';
import { readOptions } from '../api';

const route = getRouteApi('/restore');

/** The request that the address describes. */
export function useRestoreRequest(): RestoreRequest {
  const { backup, classes, database, whole } = route.useSearch();
  return {
    backup: backup ?? '',
    classes: classes ?? [],
    database: database ?? null,
    target: null,
    whole: whole ?? false,
  };
}

/**
 * The plan of the request. It is drawn up once and kept: a plan that silently changed between the
 * page that explains it and the page that confirms it would not be a plan.
 */
export function useRestorePlan() {
  const request = useRestoreRequest();
  return useQuery({
    ...readOptions('restore.plan', request),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 5 * 60_000,
    refetchOnMount: false,
    refetchOnReconnect: false,
    retry: false,
    enabled: request.backup !== '',
  });
}

/** Forgets every plan: what was planned before a restore, or before a new look, no longer holds. */
export function useForgetPlans(): () => void {
  const client = useQueryClient();
  return () => client.removeQueries({ queryKey: ['restore.plan' satisfies OperationName] });
}

/** The command that does the same from a shell. */
export function commandOf(
  { backup, classes, database, whole }: RestoreRequest,
  confirmName?: string,
): string {
  const parts = ['avault restore', backup];
  if (classes.length > 0) parts.push('--class', classes.join(','));
  if (database) parts.push('--database', database);
  if (whole) parts.push('--whole');
  parts.push(confirmName ? `--yes ${confirmName}` : '--plan');
  return parts.join(' ');
}
