import { Navigate, Outlet, useLocation } from '@tanstack/react-router';
import { App } from 'antd';
import { useRead } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { Boundary } from '../shared/layout/Boundary';
import { ErrorState, Loading } from '../shared/layout/ScreenState';
import { Dialogs } from './Dialogs';
import { KeysHelp } from './KeysHelp';
import { Palette } from './palette/Palette';
import { Rail } from './Rail';
import styles from './shell.module.css';
import { TopBar } from './TopBar';
import { useWindowKeys } from './use-window-keys';
import { useWindowState } from './window-state';

/** The window: rail, top bar, the screen at hand, and what lies above it. */
export function Root() {
  const { t } = useTranslation();
  const setup = useRead('setup.status', {});
  const pathname = useLocation({ select: (location) => location.pathname });
  const railCollapsed = useWindowState((state) => state.railCollapsed);
  useWindowKeys();

  if (!setup.data) {
    return setup.error ? (
      <ErrorState failure={setup.error} onRetry={() => setup.refetch()} />
    ) : (
      <Loading label={t('shell.opening')} />
    );
  }
  const choosing = setup.data.stage === 'choose';
  if (choosing && pathname !== '/setup') return <Navigate to="/setup" />;

  const screen = (
    <Boundary resetKey={pathname}>
      <Outlet />
    </Boundary>
  );
  return (
    <App className={styles.app}>
      {pathname === '/setup' ? (
        <main className={styles.bare}>{screen}</main>
      ) : (
        <div className={`${styles.shell} ${railCollapsed ? styles.collapsed : ''}`}>
          <button type="button" className={styles.skip} onClick={focusContent}>
            {t('shell.skip')}
          </button>
          <Rail />
          <TopBar />
          <main className={styles.content} id="content" tabIndex={-1}>
            {screen}
          </main>
          <Palette />
          <Dialogs />
        </div>
      )}
      <KeysHelp />
    </App>
  );
}

function focusContent(): void {
  document.getElementById('content')?.focus();
}
