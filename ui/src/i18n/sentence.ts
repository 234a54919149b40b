import type { Sentence } from '../api';
import { findings } from './zh-CN/findings';

/** The form of a sentence in a language; null when this window does not know it, as of a newer engine. */
export function formIn(language: string, form: string): string | null {
  if (language === 'en') return form;
  return Object.hasOwn(findings, form) ? (findings[form] ?? null) : null;
}

/** The sentence as the engine itself puts it. */
export function inEnglish({ form, values }: Sentence): string {
  return form.replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = values[name];
    if (value === undefined) return place;
    return typeof value === 'string' ? value : inEnglish(value);
  });
}
