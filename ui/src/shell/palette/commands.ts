import { useNavigate } from '@tanstack/react-router';
import { type BackupView, type GameRow, useRead, useRun } from '../../api';
import { useTranslation } from '../../i18n/use-translation';
import { useDialog } from '../../shared/dialog';
import { shortId } from '../../shared/format/ShortId';
import { useFormat } from '../../shared/format/use-format';
import { usePreferences } from '../../shared/preferences';

/** Something the palette can do. */
export interface Command {
  id: string;
  group: 'screens' | 'operations' | 'backups' | 'games';
  label: string;
  detail?: string;
  run: () => void;
}

const SHOWN_BACKUPS = 5;
const SHOWN_GAMES = 6;

/** The commands that fit what was typed. */
export function useCommands(typed: string): Command[] {
  const wanted = typed.trim().toLowerCase();
  const screens = useScreenCommands();
  const operations = useOperationCommands();
  const backups = useBackupCommands();
  const games = useGameCommands(wanted);
  const fits = ({ label, detail, id }: Command) =>
    `${label} ${detail ?? ''} ${id}`.toLowerCase().includes(wanted);
  return [
    ...screens.filter(fits),
    ...operations.filter(fits),
    ...backups.filter(fits).slice(0, SHOWN_BACKUPS),
    ...games,
  ];
}

function useScreenCommands(): Command[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const screens = [
    ['overview', '/'],
    ['games', '/games'],
    ['snapshots', '/snapshots'],
    ['backups', '/backups'],
    ['restore', '/restore'],
    ['storage', '/storage'],
    ['settings', '/settings'],
  ] as const;
  return screens.map(([name, to]) => ({
    id: `screen:${name}`,
    group: 'screens',
    label: t(`shell.nav.${name}`),
    run: () => void navigate({ to }),
  }));
}

function useOperationCommands(): Command[] {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { language, mode, change } = usePreferences();
  const openBackup = useDialog('backup');
  const openDamage = useDialog('damage');
  const status = useRead('service.status', {}).data;
  const showJob = ({ jobId }: { jobId: string }) => void navigate({ to: '/jobs/$jobId', params: { jobId } });
  const verify = useRun('backup.verify', showJob);
  const check = useRun('store.check', showJob);
  const operation = (id: string, label: string, run: () => void): Command => ({
    id: `operation:${id}`,
    group: 'operations',
    label,
    run,
  });
  const commands = [
    operation('backup', t('backups.create.title'), openBackup),
    operation('restore', t('shell.palette.restore'), () => void navigate({ to: '/restore' })),
    operation('verify', t('shell.palette.verifyLatest'), () =>
      verify.mutate({ backup: 'latest', level: 'L3', samplePercent: 100 }),
    ),
    operation('check', t('shell.palette.checkStore'), () => check.mutate({})),
    operation('theme', mode === 'dark' ? t('shell.toLight') : t('shell.toDark'), () =>
      change({ theme: mode === 'dark' ? 'light' : 'dark' }),
    ),
    operation('language', t('shell.language'), () =>
      change({ language: language === 'en' ? 'zh-CN' : 'en' }),
    ),
  ];
  if (status?.environment === 'sandbox') commands.push(operation('damage', t('damage.title'), openDamage));
  return commands;
}

function useBackupCommands(): Command[] {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = useNavigate();
  const backups: BackupView[] = useRead('backup.list', {}).data ?? [];
  return backups.map(({ id, consistentAt, documents }) => ({
    id: `backup:${id}`,
    group: 'backups',
    label: shortId(id),
    detail: `${format.absolute(consistentAt)} · ${t('common.documents', { count: documents, amount: format.number(documents) })}`,
    run: () => void navigate({ to: '/backups/$backupId', params: { backupId: id } }),
  }));
}

function useGameCommands(search: string): Command[] {
  const enabled = search.length >= 2;
  const page = { search, cursor: null, limit: SHOWN_GAMES };
  const live = useRead('game.list', { ...page, status: 'live' }, { enabled, keep: true }).data;
  const finished = useRead('game.list', { ...page, status: 'finished' }, { enabled, keep: true }).data;
  const { t } = useTranslation();
  const navigate = useNavigate();
  if (!enabled) return [];
  const rows: GameRow[] = [...(live?.games ?? []), ...(finished?.games ?? [])].slice(0, SHOWN_GAMES);
  return rows.map(({ id, roomId, status, players }) => ({
    id: `game:${id}`,
    group: 'games',
    label: shortId(id),
    detail: `${t(`games.status.${status}`)} · ${t('games.players', { count: players })} · ${roomId}`,
    run: () => void navigate({ to: '/games/$gameId', params: { gameId: id } }),
  }));
}
