import type { LogLine, Problem } from '../api';
import { codeText } from '../i18n/code';

interface Described {
  message: string;
  hint: string | null;
}

/** Anything that carries a stable code beside an English sentence. */
type Coded = Pick<Problem, 'code' | 'message' | 'hint' | 'context'>;

/** An error in the reader's language; the engine's own sentence where the code is not known here. */
export function describeFailure({ code, message, hint, context }: Coded): Described {
  const text = codeOf('errorCode', code, context);
  return {
    message: text ?? message,
    hint: codeOf('errorHint', code, context) ?? hint ?? (text ? reasonOf({ message, context }) : null),
  };
}

/** The engine's own sentence, without the name of the field of the request that it is about. */
export function reasonOf({ message, context }: Pick<Coded, 'message' | 'context'>): string {
  const field = `${context.field}: `;
  return message.startsWith(field) ? message.slice(field.length) : message;
}

/** The text of a code; where the code is of a field of the request, the field's own text comes first. */
function codeOf(group: 'errorCode' | 'errorHint', code: string, context: Coded['context']): string | null {
  const own = context.field === undefined ? null : codeText(group, `${code}_${context.field}`, context);
  return own ?? codeText(group, code, context);
}

/** A warning of a plan in the reader's language. */
export function describeWarning(warning: Coded): Described {
  const text = codeText('warning', warning.code, warning.context);
  return { message: text ?? warning.message, hint: text ? null : warning.hint };
}

/** A line of a job's log in the reader's language. */
export function describeLogLine({ code, context }: LogLine): string {
  const text = codeText('logLine', code, context);
  if (text) return text;
  const values = Object.entries(context).map(([name, value]) => `${name}=${value}`);
  return [code, ...values].join(' ');
}
