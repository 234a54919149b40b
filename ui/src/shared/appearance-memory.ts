import type { Language, Theme } from '../api';

interface Appearance {
  language: Language;
  theme: Theme;
}

const KEY = 'avault.appearance';

/**
 * The appearance of the last run. The settings proper live in the engine; this copy only spares the
 * first frame from being drawn in the wrong language or theme.
 */
export function rememberedAppearance(): Appearance {
  const fallback: Appearance = {
    language: navigator.language.startsWith('zh') ? 'zh-CN' : 'en',
    theme: 'system',
  };
  const text = localStorage.getItem(KEY);
  if (!text) return fallback;
  const [language, theme] = text.split(' ');
  if (language !== 'zh-CN' && language !== 'en') return fallback;
  if (theme !== 'light' && theme !== 'dark' && theme !== 'system') return fallback;
  return { language, theme };
}

/** Keeps the appearance for the next start. */
export function rememberAppearance({ language, theme }: Appearance): void {
  localStorage.setItem(KEY, `${language} ${theme}`);
}
