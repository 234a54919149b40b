import { platform } from '../platform';
import { toFailure } from './failure';
import type { OperationName as Operation, Operations } from './generated/operations';

export type RequestOf<O extends Operation> = Operations[O]['request'];
export type ResponseOf<O extends Operation> = Operations[O]['response'];

/** Runs one operation of the contract; rejects with a `Failure`. */
export async function call<O extends Operation>(operation: O, request: RequestOf<O>): Promise<ResponseOf<O>> {
  try {
    // The shell answers with what the contract's own test generated these types from.
    return (await platform().call(operation, request)) as ResponseOf<O>;
  } catch (reason) {
    throw toFailure(reason);
  }
}
