import i18next from 'i18next';
import { remembered, translated } from './remembered';

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

const textOf = remembered((key, values) => (i18next.exists(key) ? translated(key, values) : null));

/**
 * The text of a code, with the values of its context; null when this window does not know the code,
 * which happens when the engine is newer.
 */
export function codeText(group: CodeGroup, code: string, values?: Record<string, unknown>): string | null {
  return textOf(`code.${group}.${code}`, values);
}
