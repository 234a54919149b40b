import { useNavigate } from '@tanstack/react-router';
import { useTranslation } from '../i18n/use-translation';
import { useKeys } from '../shared/keys';
import { useWindowState } from './window-state';

/** The keys that hold on every screen. */
export function useWindowKeys(): void {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { setPalette, setKeys, toggleRail } = useWindowState.getState();
  useKeys('shell.keys.window', [
    { key: 'Ctrl+k', label: t('shell.keys.palette'), run: () => setPalette(true) },
    { key: '?', label: t('shell.keys.help'), run: () => setKeys(true) },
    { key: '[', label: t('shell.keys.rail'), run: toggleRail },
    { key: '1', label: t('shell.nav.overview'), run: () => void navigate({ to: '/' }) },
    { key: '2', label: t('shell.nav.games'), run: () => void navigate({ to: '/games' }) },
    { key: '3', label: t('shell.nav.snapshots'), run: () => void navigate({ to: '/snapshots' }) },
    { key: '4', label: t('shell.nav.backups'), run: () => void navigate({ to: '/backups' }) },
    { key: '5', label: t('shell.nav.restore'), run: () => void navigate({ to: '/restore' }) },
    { key: '6', label: t('shell.nav.settings'), run: () => void navigate({ to: '/settings' }) },
  ]);
}
