import { Segmented, Select } from 'antd';
import { type ReactNode, useMemo } from 'react';
import type { Language, SettingsView, Theme } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { useFormat, useNow } from '../shared/format/use-format';
import { Panel } from '../shared/layout/Panel';
import { usePreferences } from '../shared/preferences';
import styles from './settings.module.css';

const THEMES: Theme[] = ['system', 'light', 'dark'];

/** Language, theme and time zone of the window. */
export function AppearancePanel({ settings }: { settings: SettingsView }) {
  const { t } = useTranslation();
  const { change, timeZone } = usePreferences();
  const format = useFormat();
  const now = useNow(1000);
  const zones = useMemo(
    () =>
      [...new Set([timeZone, 'UTC', ...Intl.supportedValuesOf('timeZone')])].map((value) => ({
        value,
        label: value,
      })),
    [timeZone],
  );
  return (
    <Panel title={t('settings.appearance.title')}>
      <div className={styles.rows}>
        <Row label={t('settings.appearance.language')}>
          <Segmented<Language>
            aria-label={t('settings.appearance.language')}
            value={settings.language}
            onChange={(language) => change({ language })}
            options={[
              { value: 'zh-CN', label: <span lang="zh-CN">简体中文</span> },
              { value: 'en', label: <span lang="en">English</span> },
            ]}
          />
        </Row>
        <Row label={t('settings.appearance.theme')}>
          <Segmented<Theme>
            aria-label={t('settings.appearance.theme')}
            value={settings.theme}
            onChange={(theme) => change({ theme })}
            options={THEMES.map((value) => ({ value, label: t(`settings.appearance.themes.${value}`) }))}
          />
        </Row>
        <Row label={t('settings.appearance.timeZone')}>
          <Select
            showSearch
            className={styles.zone}
            aria-label={t('settings.appearance.timeZone')}
            value={timeZone}
            onChange={(zone) => change({ timeZone: zone })}
            options={zones}
          />
          <span className={styles.note}>{format.absolute(now)}</span>
        </Row>
      </div>
    </Panel>
  );
}

function Row({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className={styles.row}>
      <span className={styles.rowLabel}>{label}</span>
      {children}
    </div>
  );
}
