import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import type { Language } from '../api';
import { en } from './en';
import { zhCN } from './zh-CN';

/** Prepares the texts; both languages are in the bundle, so switching is immediate. */
export async function startTexts(language: Language): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    resources: { 'zh-CN': { translation: zhCN }, en: { translation: en } },
    interpolation: { escapeValue: false },
    returnNull: false,
  });
}

/** Switches the language of everything on screen. */
export async function switchLanguage(language: Language): Promise<void> {
  document.documentElement.lang = language;
  if (i18next.language !== language) await i18next.changeLanguage(language);
}
