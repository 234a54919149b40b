import i18next, { type i18n, type TFunction } from 'i18next';
import { createContext, useContext } from 'react';

export interface Translation {
  t: TFunction;
  i18n: i18n;
}

/** Without a provider the library itself is asked each time. */
export const TranslationContext = createContext<Translation>({ t: i18next.t, i18n: i18next });

/** As the library's hook of this name, but that texts are remembered and asking for them costs nothing. */
export function useTranslation(): Translation {
  return useContext(TranslationContext);
}
