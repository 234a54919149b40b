import { useCallback, useRef } from 'react';

/**
 * What is shown now, for those who need it when something happens and not to draw: the same function at
 * every step, so that what has it is not drawn anew.
 */
export function useShown<T>(value: T): () => T {
  const shown = useRef(value);
  shown.current = value;
  return useCallback(() => shown.current, []);
}
