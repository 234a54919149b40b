import { getRouteApi } from '@tanstack/react-router';
import { Button, Table, type TableColumnsType } from 'antd';
import { type BackupView, useRead } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { PointPicker } from '../points/PointPicker';
import { PointsPanel } from '../points/PointsPanel';
import { useDialog } from '../shared/dialog';
import { Moment } from '../shared/format/Moment';
import { ShortId } from '../shared/format/ShortId';
import { useFormat } from '../shared/format/use-format';
import { Panel } from '../shared/layout/Panel';
import { ReadView } from '../shared/layout/ReadView';
import { Empty } from '../shared/layout/ScreenState';
import { VerificationTag } from '../shared/verdict/VerificationTag';

const route = getRouteApi('/restore');

/** Where to go back to. */
export function ChooseStep() {
  const { t } = useTranslation();
  const read = useRead('backup.list', {});
  const openBackup = useDialog('backup');
  return (
    <>
      <PointsPanel>
        <PointPicker />
      </PointsPanel>
      <Panel title={t('restore.choose.title')} flush>
        <ReadView read={read} label={t('backups.loading')}>
          {(backups) =>
            backups.length > 0 ? (
              <Choices backups={backups} />
            ) : (
              <Empty
                title={t('backups.empty')}
                action={
                  <Button type="primary" onClick={openBackup}>
                    {t('backups.create.title')}
                  </Button>
                }
              >
                {t('restore.choose.empty')}
              </Empty>
            )
          }
        </ReadView>
      </Panel>
    </>
  );
}

function Choices({ backups }: { backups: BackupView[] }) {
  const { t } = useTranslation();
  const format = useFormat();
  const navigate = route.useNavigate();
  const columns: TableColumnsType<BackupView> = [
    {
      title: t('backups.column.moment'),
      key: 'moment',
      render: (_, { consistentAt }) => <Moment at={consistentAt} show="time" />,
    },
    { title: t('backups.column.id'), key: 'id', render: (_, { id }) => <ShortId id={id} /> },
    {
      title: t('backups.column.verification'),
      key: 'verification',
      render: (_, { verification }) => <VerificationTag verification={verification} />,
    },
    {
      title: t('backups.column.documents'),
      key: 'documents',
      align: 'right',
      render: (_, { documents }) => format.number(documents),
    },
    {
      title: t('backups.column.bytes'),
      key: 'bytes',
      align: 'right',
      render: (_, { bytes }) => format.bytes(bytes),
    },
    {
      title: <span className="visually-hidden">{t('backups.column.actions')}</span>,
      key: 'actions',
      align: 'right',
      render: (_, { id }, index) => (
        <Button
          size="small"
          type={index === 0 ? 'primary' : 'default'}
          onClick={() => void navigate({ search: { backup: id, step: 'scope' } })}
          data-testid="restore-choose"
        >
          {t('restore.choose.this')}
        </Button>
      ),
    },
  ];
  return (
    <Table
      columns={columns}
      dataSource={backups}
      rowKey="id"
      pagination={{ pageSize: 20, hideOnSinglePage: true }}
      size="middle"
    />
  );
}
