import { App } from 'antd';
import { useTranslation } from '../i18n/use-translation';
import { platform } from '../platform';

/** Lets the reader keep a text as a file, and says how that went; false when there is no file now. */
export function useSave(): (name: string, text: string) => Promise<boolean> {
  const { t } = useTranslation();
  const { message } = App.useApp();
  return async (name, text) => {
    try {
      const saved = await platform().saveText(name, text);
      if (saved) void message.success(t('share.saved', { name }));
      return saved;
    } catch (reason) {
      void message.error(`${t('share.failed')}: ${String(reason)}`);
      return false;
    }
  };
}
