import { Button } from 'antd';
import { type BackupView, useRead } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { PointsPanel } from '../points/PointsPanel';
import { useDialog } from '../shared/dialog';
import { CopyCommand } from '../shared/format/CopyCommand';
import { useFormat } from '../shared/format/use-format';
import { Panel } from '../shared/layout/Panel';
import { ReadView } from '../shared/layout/ReadView';
import { Screen } from '../shared/layout/Screen';
import { Empty } from '../shared/layout/ScreenState';
import { BackupTable } from './BackupTable';

/** The backup sets of the store. */
export function BackupsScreen() {
  const { t } = useTranslation();
  const read = useRead('backup.list', {}, { every: 15_000 });
  const openBackup = useDialog('backup');
  return (
    <Screen
      testId="backups"
      title={t('backups.title')}
      subtitle={read.data && <Summary backups={read.data} />}
      actions={
        <>
          <CopyCommand command="avault backup list" />
          <Button type="primary" onClick={openBackup} data-testid="backup-create">
            {t('backups.create.title')}
          </Button>
        </>
      }
    >
      <PointsPanel />
      <ReadView read={read} label={t('backups.loading')}>
        {(backups) =>
          backups.length > 0 ? (
            <Panel flush>
              <BackupTable backups={backups} />
            </Panel>
          ) : (
            <Panel>
              <Empty
                title={t('backups.empty')}
                action={
                  <Button type="primary" onClick={openBackup}>
                    {t('backups.create.title')}
                  </Button>
                }
              >
                {t('backups.emptyHint')}
              </Empty>
            </Panel>
          )
        }
      </ReadView>
    </Screen>
  );
}

function Summary({ backups }: { backups: BackupView[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const stored = backups.reduce((sum, { storedBytes }) => sum + storedBytes, 0);
  return <>{t('backups.summary', { count: backups.length, stored: format.bytes(stored) })}</>;
}
