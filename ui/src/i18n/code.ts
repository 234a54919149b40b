import i18next from 'i18next';

/** Groups of texts whose last key is a stable code told by the engine. */
export type CodeGroup =
  | 'errorCode'
  | 'errorHint'
  | 'insteadReason'
  | 'warning'
  | 'phase'
  | 'logLine'
  | 'gamePhase'
  | 'event'
  | 'role'
  | 'reason'
  | 'objectProblem'
  | 'invariant'
  | 'severity'
  | 'repair'
  | 'repairGame'
  | 'notJudged'
  | 'moment'
  | 'field'
  | 'word'
  | 'turn';

/**
 * The text of a code, with the values of its context; null when this window does not know the code,
 * which happens when the engine is newer.
 */
export function codeText(
  group: CodeGroup,
  code: string,
  values: Record<string, unknown> = {},
): string | null {
  const key = `code.${group}.${code}`;
  if (!i18next.exists(key)) return null;
  // The key is made at run time; its existence was just checked.
  return i18next.t(key as never, values as never) as unknown as string;
}
