import type { TFunction } from 'i18next';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { remembered, translated } from './remembered';
import { TranslationContext } from './use-translation';

const textOf = remembered(translated);

/** Hands texts down, and has all drawn anew when the language changes. */
export function TranslationProvider({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation();
  const { language } = i18n;
  // biome-ignore lint/correctness/useExhaustiveDependencies: another function for another language
  const translation = useMemo(
    () => ({
      t: ((key: string, values?: Record<string, unknown>) => textOf(key, values)) as TFunction,
      i18n,
    }),
    [i18n, language],
  );
  return <TranslationContext value={translation}>{children}</TranslationContext>;
}
