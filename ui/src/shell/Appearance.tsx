import { BulbFilled, BulbOutlined, QuestionCircleOutlined } from '@ant-design/icons';
import { Button, Tooltip } from 'antd';
import { useTranslation } from '../i18n/use-translation';
import { usePreferences } from '../shared/preferences';
import styles from './shell.module.css';
import { useWindowState } from './window-state';

/** Language, theme and the help on keys. */
export function Appearance() {
  const { t } = useTranslation();
  const { language, mode, change } = usePreferences();
  const setKeys = useWindowState((state) => state.setKeys);
  return (
    <div className={styles.appearance}>
      <Tooltip title={t('shell.language')}>
        <Button
          type="text"
          aria-label={t('shell.language')}
          data-testid="lang-toggle"
          onClick={() => change({ language: language === 'en' ? 'zh-CN' : 'en' })}
        >
          <span lang={language === 'en' ? 'zh-CN' : 'en'}>{language === 'en' ? '中文' : 'EN'}</span>
        </Button>
      </Tooltip>
      <Tooltip title={mode === 'dark' ? t('shell.toLight') : t('shell.toDark')}>
        <Button
          type="text"
          icon={mode === 'dark' ? <BulbOutlined aria-hidden /> : <BulbFilled aria-hidden />}
          aria-label={mode === 'dark' ? t('shell.toLight') : t('shell.toDark')}
          data-testid="theme-toggle"
          onClick={() => change({ theme: mode === 'dark' ? 'light' : 'dark' })}
        />
      </Tooltip>
      <Tooltip title={`${t('shell.keys.title')} (?)`}>
        <Button
          type="text"
          icon={<QuestionCircleOutlined aria-hidden />}
          aria-label={t('shell.keys.title')}
          onClick={() => setKeys(true)}
        />
      </Tooltip>
    </div>
  );
}
