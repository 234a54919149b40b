import type { ApiError } from './generated/types';

/** An error of the contract as a JavaScript error, so that it can be thrown and caught. */
export class Failure extends Error {
  readonly code: string;
  readonly hint: string | null;
  readonly transient: boolean;
  readonly context: ApiError['context'];

  constructor(error: ApiError) {
    super(error.message);
    this.name = 'Failure';
    this.code = error.code;
    this.hint = error.hint;
    this.transient = error.retry === 'transient';
    this.context = error.context;
  }
}

function isApiError(value: unknown): value is ApiError {
  return typeof value === 'object' && value !== null && 'code' in value && 'message' in value;
}

/** Turns whatever a platform rejected with into a {@link Failure}. */
export function toFailure(reason: unknown): Failure {
  if (reason instanceof Failure) return reason;
  if (isApiError(reason)) return new Failure(reason);
  const message = reason instanceof Error ? reason.message : String(reason);
  return new Failure({ code: 'window', message, hint: null, retry: 'transient', context: {} });
}
