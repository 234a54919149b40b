import {
  AppstoreOutlined,
  CameraOutlined,
  DatabaseOutlined,
  HddOutlined,
  HistoryOutlined,
  MenuFoldOutlined,
  MenuUnfoldOutlined,
  SettingOutlined,
  TeamOutlined,
} from '@ant-design/icons';
import { Link } from '@tanstack/react-router';
import { Tooltip } from 'antd';
import type { ComponentType } from 'react';
import { useTranslation } from '../i18n/use-translation';
import { BrandIcon } from './BrandIcon';
import styles from './shell.module.css';
import { useWindowState } from './window-state';

const SCREENS = [
  { name: 'overview', to: '/', icon: AppstoreOutlined },
  { name: 'games', to: '/games', icon: TeamOutlined },
  { name: 'snapshots', to: '/snapshots', icon: CameraOutlined },
  { name: 'backups', to: '/backups', icon: DatabaseOutlined },
  { name: 'restore', to: '/restore', icon: HistoryOutlined },
  { name: 'storage', to: '/storage', icon: HddOutlined },
] as const;

/** The screens there are. */
export function Rail() {
  const { t } = useTranslation();
  const collapsed = useWindowState((state) => state.railCollapsed);
  const toggle = useWindowState((state) => state.toggleRail);
  const Fold = collapsed ? MenuUnfoldOutlined : MenuFoldOutlined;
  return (
    <nav className={styles.rail} aria-label={t('shell.screens')}>
      <div className={styles.brand}>
        <BrandIcon />
        {!collapsed && <span>avalon-vault</span>}
      </div>
      {SCREENS.map((screen) => (
        <RailLink key={screen.name} {...screen} collapsed={collapsed} />
      ))}
      <div className={styles.railEnd}>
        <RailLink name="settings" to="/settings" icon={SettingOutlined} collapsed={collapsed} />
        <button
          type="button"
          className={styles.railLink}
          onClick={toggle}
          aria-label={t('shell.keys.rail')}
          aria-expanded={!collapsed}
        >
          <Fold aria-hidden />
          {!collapsed && <span>{t('shell.fold')}</span>}
        </button>
      </div>
    </nav>
  );
}

interface RailLinkProps {
  name: (typeof SCREENS)[number]['name'] | 'settings';
  to: (typeof SCREENS)[number]['to'] | '/settings';
  icon: ComponentType<{ 'aria-hidden': boolean }>;
  collapsed: boolean;
}

function RailLink({ name, to, icon: Icon, collapsed }: RailLinkProps) {
  const { t } = useTranslation();
  const label = t(`shell.nav.${name}`);
  return (
    <Tooltip title={collapsed ? label : undefined} placement="right">
      <Link
        to={to}
        className={styles.railLink}
        activeOptions={{ exact: to === '/', includeSearch: false }}
        activeProps={{ className: styles.railActive }}
        aria-label={label}
        data-testid={`nav-${name}`}
      >
        <Icon aria-hidden />
        {!collapsed && <span>{label}</span>}
      </Link>
    </Tooltip>
  );
}
