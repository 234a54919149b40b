import { MoreOutlined } from '@ant-design/icons';
import { useNavigate } from '@tanstack/react-router';
import { Button, Dropdown } from 'antd';
import { useRun } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { useDialog } from '../shared/dialog';

/** What else can be done with a backup, from its row. */
export function BackupMenu({ backup }: { backup: string }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const params = { backupId: backup };
  const compare = useDialog('compare', backup);
  const dump = useDialog('export', backup);
  const verify = useRun(
    'backup.verify',
    ({ jobId }) => void navigate({ to: '/backups/$backupId', params, search: { job: jobId } }),
  );
  const items = [
    { key: 'browse', run: () => void navigate({ to: '/backups/$backupId/browse', params }) },
    { key: 'verify', run: () => verify.mutate({ backup, level: 'L3', samplePercent: 100 }) },
    { key: 'compare', run: compare },
    { key: 'export', run: dump },
  ] as const;
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: items.map(({ key, run }) => ({
          key,
          label: <span data-testid={`backup-menu-${key}`}>{t(`backups.menu.${key}`)}</span>,
          onClick: ({ domEvent }) => {
            domEvent.stopPropagation();
            run();
          },
        })),
      }}
    >
      <Button
        size="small"
        type="text"
        icon={<MoreOutlined aria-hidden />}
        aria-label={t('backups.more')}
        loading={verify.isPending}
        data-testid="backup-menu"
      />
    </Dropdown>
  );
}
