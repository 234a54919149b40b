import type { ApiError } from '../../api/generated/types';

/** An error as the contract writes it. */
export function refusal(code: string, message: string, retry: ApiError['retry'] = 'permanent'): ApiError {
  return { code, message, hint: null, retry, context: {} };
}

/** A request that cannot be used for a field of it. */
export function invalid(field: string, reason: string): ApiError {
  return { ...refusal('invalid_request', `${field}: ${reason}`), context: { field } };
}
