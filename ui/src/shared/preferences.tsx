import { ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useSyncExternalStore } from 'react';
import { type Language, type SettingsView, type Theme, useRead, useRun } from '../api';
import { switchLanguage } from '../i18n';
import { antdTheme } from '../theme/antd';
import { type Mode, publishPalette } from '../theme/tokens';
import { rememberAppearance, rememberedAppearance } from './appearance-memory';

interface Preferences {
  language: Language;
  theme: Theme;
  /** The theme after `system` has been resolved. */
  mode: Mode;
  timeZone: string;
  change(patch: Partial<Pick<SettingsView, 'language' | 'theme' | 'timeZone'>>): void;
}

const PreferencesContext = createContext<Preferences | null>(null);

/** How the reader wants the window: language, theme, time zone. */
export function usePreferences(): Preferences {
  const preferences = useContext(PreferencesContext);
  if (!preferences) throw new Error('usePreferences() outside PreferencesProvider');
  return preferences;
}

/** Reads the preferences from the settings and applies them to everything below. */
export function PreferencesProvider({ children }: { children: ReactNode }) {
  const settings = useRead('settings.get', {}).data;
  const { mutate } = useRun('settings.set');
  const remembered = rememberedAppearance();
  const language = settings?.language ?? remembered.language;
  const theme = settings?.theme ?? remembered.theme;
  const timeZone = settings?.timeZone || Intl.DateTimeFormat().resolvedOptions().timeZone;
  const systemDark = useMedia('(prefers-color-scheme: dark)');
  const mode: Mode = theme === 'system' ? (systemDark ? 'dark' : 'light') : theme;

  useEffect(() => publishPalette(mode), [mode]);
  useEffect(() => void switchLanguage(language), [language]);
  useEffect(() => rememberAppearance({ language, theme }), [language, theme]);

  const value = useMemo<Preferences>(
    () => ({ language, theme, mode, timeZone, change: (patch) => mutate(patch) }),
    [language, theme, mode, timeZone, mutate],
  );
  return (
    <PreferencesContext value={value}>
      <ConfigProvider
        locale={language === 'en' ? enUS : zhCN}
        theme={antdTheme(mode)}
        wave={{ disabled: true }}
        button={{ autoInsertSpace: false }}
      >
        {children}
      </ConfigProvider>
    </PreferencesContext>
  );
}

function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (changed) => {
      const list = window.matchMedia(query);
      list.addEventListener('change', changed);
      return () => list.removeEventListener('change', changed);
    },
    () => window.matchMedia(query).matches,
  );
}
