import { DownOutlined } from '@ant-design/icons';
import { Alert, Button, Dropdown, Input, Modal } from 'antd';
import { useState } from 'react';
import { type SavedView, useRead, useRun } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { describeFailure } from '../shared/describe';
import type { SnapshotsSearch } from '../shell/search';
import { BUILT_IN, queryOf, searchOf, withView } from './filters';
import styles from './snapshots.module.css';

interface SavedViewsProps {
  search: SnapshotsSearch;
  onShow: (search: SnapshotsSearch) => void;
}

const BUILT_IN_NAMES = Object.keys(BUILT_IN) as (keyof typeof BUILT_IN)[];

/** Sets of filters under names: those that are always there, and those that were kept. */
export function SavedViews({ search, onShow }: SavedViewsProps) {
  const { t } = useTranslation();
  const views = useRead('settings.get', {}).data?.snapshotViews ?? [];
  const keep = useRun('settings.set');
  const [naming, setNaming] = useState<'new' | 'again' | null>(null);
  const query = queryOf(search);
  const builtIn = BUILT_IN_NAMES.find((name) => BUILT_IN[name] === query);
  const own = builtIn ? undefined : views.find((view) => view.query === query);
  const current = builtIn ? t(`snapshots.view.${builtIn}`) : own?.name;
  const remove = () => keep.mutate({ snapshotViews: views.filter((view) => view !== own) });
  return (
    <>
      <Dropdown
        trigger={['click']}
        menu={{
          selectedKeys: builtIn ? [`built-in:${builtIn}`] : own ? [`own:${own.name}`] : [],
          items: [
            ...BUILT_IN_NAMES.map((name) => ({
              key: `built-in:${name}`,
              label: t(`snapshots.view.${name}`),
              onClick: () => onShow(searchOf(BUILT_IN[name])),
            })),
            ...(views.length > 0 ? [{ type: 'divider' as const }] : []),
            ...views.map((view) => ({
              key: `own:${view.name}`,
              label: <span data-testid="snapshots-view">{view.name}</span>,
              onClick: () => onShow(searchOf(view.query)),
            })),
            { type: 'divider' },
            {
              key: 'save',
              label: <span data-testid="snapshots-view-save">{t('snapshots.view.save')}</span>,
              disabled: current !== undefined,
              onClick: () => setNaming('new'),
            },
            {
              key: 'rename',
              label: t('snapshots.view.rename'),
              disabled: own === undefined,
              onClick: () => setNaming('again'),
            },
            {
              key: 'delete',
              label: <span data-testid="snapshots-view-delete">{t('snapshots.view.delete')}</span>,
              danger: true,
              disabled: own === undefined,
              onClick: remove,
            },
          ],
        }}
      >
        <Button data-testid="snapshots-views">
          <span className={styles.viewName}>
            {t('snapshots.view.title', { name: current ?? t('snapshots.view.unnamed') })}
          </span>
          <DownOutlined aria-hidden />
        </Button>
      </Dropdown>
      {naming && (
        <NameDialog
          views={views}
          kept={naming === 'again' && own ? own : { name: '', query }}
          onClose={() => setNaming(null)}
        />
      )}
    </>
  );
}

interface NameDialogProps {
  views: SavedView[];
  kept: SavedView;
  onClose: () => void;
}

function NameDialog({ views, kept, onClose }: NameDialogProps) {
  const { t } = useTranslation();
  const [name, setName] = useState(kept.name);
  const keep = useRun('settings.set', onClose);
  const wanted = name.trim();
  const taken = wanted !== kept.name && views.some((view) => view.name === wanted);
  const submit = () => {
    if (wanted === '' || taken) return;
    keep.mutate({ snapshotViews: withView(views, kept.name, { name: wanted, query: kept.query }) });
  };
  return (
    <Modal
      open
      title={t('snapshots.view.name')}
      okText={t('snapshots.view.keep')}
      okButtonProps={{ disabled: wanted === '' || taken, loading: keep.isPending }}
      cancelText={t('common.cancel')}
      onOk={submit}
      onCancel={onClose}
      destroyOnHidden
    >
      <Input
        autoFocus
        maxLength={40}
        aria-label={t('snapshots.view.name')}
        value={name}
        status={taken ? 'error' : undefined}
        onChange={({ target }) => setName(target.value)}
        onPressEnter={submit}
        data-testid="snapshots-view-name"
      />
      {taken && <p className={styles.taken}>{t('snapshots.view.taken')}</p>}
      {keep.error && <Alert type="error" showIcon {...describeFailure(keep.error)} />}
    </Modal>
  );
}
