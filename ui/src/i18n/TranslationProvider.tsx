import i18next, { type TFunction } from 'i18next';
import { type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { remembered } from './remembered';
import { TranslationContext } from './use-translation';

// Which keys there are and what values they take is known where they are asked for, by the library's type.
const textOf = remembered((key, values) => i18next.t(key as never, values as never) as unknown as string);

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
