import type { Verdict } from '../shared/verdict/VerdictTag';

const VERDICTS: Record<string, Verdict> = { F: 'failed', E: 'failed', W: 'attention', I: 'unknown' };

/** How bad a finding of this severity is. */
export function verdictOf(severity: string): Verdict {
  return VERDICTS[severity] ?? 'unknown';
}

/** Whether it is told for information only, and breaks nothing. */
export function isNote(severity: string): boolean {
  return severity === 'I';
}
