import type { ApiError } from '../../api/generated/types';

/** An error as the contract writes it. */
export function refusal(code: string, message: string, retry: ApiError['retry'] = 'permanent'): ApiError {
  return { code, message, hint: null, retry, context: {} };
}
