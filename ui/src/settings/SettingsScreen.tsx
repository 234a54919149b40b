import { useRead } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { ReadView } from '../shared/layout/ReadView';
import { Screen } from '../shared/layout/Screen';
import { AppearancePanel } from './AppearancePanel';
import { ConnectionPanel } from './ConnectionPanel';
import { StorePanel } from './StorePanel';

/** What is connected, where backups go, and how the window looks. */
export function SettingsScreen() {
  const { t } = useTranslation();
  const read = useRead('settings.get', {});
  return (
    <Screen title={t('settings.title')} subtitle={t('settings.subtitle')} testId="settings">
      <ReadView read={read}>
        {(settings) => (
          <>
            <ConnectionPanel settings={settings} />
            <StorePanel settings={settings} />
            <AppearancePanel settings={settings} />
          </>
        )}
      </ReadView>
    </Screen>
  );
}
