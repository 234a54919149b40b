import type { Sentence, SentenceValue } from '../../api/generated/types';
import { inEnglish } from '../../i18n/sentence';

/** What is told, in both ways in which the engine tells it. */
export function told(
  form: string,
  values: Record<string, SentenceValue> = {},
): { detail: string; sentence: Sentence } {
  const sentence = { form, values };
  return { detail: inEnglish(sentence), sentence };
}
