import type { BackupView } from '../api';
import { BackupTable } from '../backups/BackupTable';
import { useTranslation } from '../i18n/use-translation';
import { Empty } from '../shared/layout/ScreenState';

/** The newest sets. */
export function RecentBackups({ backups }: { backups: BackupView[] }) {
  const { t } = useTranslation();
  if (backups.length === 0) return <Empty title={t('backups.empty')}>{t('backups.emptyHint')}</Empty>;
  return <BackupTable backups={backups} compact />;
}
