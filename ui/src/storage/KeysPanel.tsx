import { Alert, Button, Dropdown, Table, type TableColumnsType } from 'antd';
import { useState } from 'react';
import { type KeyEntry, type KeyList, type KeysChanged, useRead } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { CopyCommand } from '../shared/format/CopyCommand';
import { Moment } from '../shared/format/Moment';
import { Panel } from '../shared/layout/Panel';
import { ReadView } from '../shared/layout/ReadView';
import { VerdictTag } from '../shared/verdict/VerdictTag';
import { KeeperDialog } from './KeeperDialog';
import { ConfirmDialog, PassphraseDialog } from './KeyDialogs';
import { RecoveryDialog } from './RecoveryDialog';
import styles from './storage.module.css';

/** The dialog that is open, with the key that it is about. */
type Dialog =
  | { name: 'passphrase' | 'keeper' | 'recovery' | 'rotate' }
  | { name: 'change' | 'remove'; entry: KeyEntry };

/** What opens the vault, and how that is changed. */
export function KeysPanel() {
  const { t } = useTranslation();
  const read = useRead('key.list', {});
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const [changed, setChanged] = useState<KeysChanged | null>(null);
  const close = () => setDialog(null);
  const done = (result: KeysChanged | null) => {
    setChanged(result);
    close();
  };
  return (
    <Panel
      title={t('storage.keys.title')}
      extra={
        <>
          <CopyCommand command="avault key list" size="small" />
          <Button size="small" onClick={() => setDialog({ name: 'rotate' })} data-testid="key-rotate">
            {t('keys.rotateOpen')}
          </Button>
          <Button size="small" onClick={() => setDialog({ name: 'passphrase' })} data-testid="key-add">
            {t('keys.addOpen')}
          </Button>
          <Button size="small" onClick={() => setDialog({ name: 'keeper' })} data-testid="key-keeper">
            {t('keys.keeperOpen')}
          </Button>
          <Button size="small" onClick={() => setDialog({ name: 'recovery' })} data-testid="key-recovery">
            {t('keys.recoveryOpen')}
          </Button>
        </>
      }
      flush
    >
      {changed && <Changed changed={changed} onClose={() => setChanged(null)} />}
      <ReadView read={read}>{(list) => <KeyTable list={list} onAct={setDialog} />}</ReadView>
      {dialog?.name === 'passphrase' && <PassphraseDialog changes={null} onDone={done} onClose={close} />}
      {dialog?.name === 'change' && <PassphraseDialog changes={dialog.entry} onDone={done} onClose={close} />}
      {dialog?.name === 'keeper' && <KeeperDialog onDone={() => done(null)} onClose={close} />}
      {dialog?.name === 'recovery' && <RecoveryDialog onClose={close} />}
      {dialog?.name === 'rotate' && <ConfirmDialog removes={null} onDone={done} onClose={close} />}
      {dialog?.name === 'remove' && <ConfirmDialog removes={dialog.entry} onDone={done} onClose={close} />}
    </Panel>
  );
}

/** Whether old copies of the keyring still open what is new. */
function Changed({
  changed: { rootRenewed, notAtHand },
  onClose,
}: {
  changed: KeysChanged;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const names = notAtHand.map(({ label, id }) => label || id.slice(0, 8)).join(t('common.listSeparator'));
  return (
    <Alert
      className={styles.changed}
      type={rootRenewed || notAtHand.length === 0 ? 'success' : 'warning'}
      showIcon
      closable={{ onClose, 'aria-label': t('common.close') }}
      title={rootRenewed || notAtHand.length === 0 ? t('keys.changed') : t('keys.rootStays', { names })}
      data-testid="key-changed"
    />
  );
}

function KeyTable({ list: { keys, dataKeys }, onAct }: { list: KeyList; onAct: (dialog: Dialog) => void }) {
  const { t } = useTranslation();
  const columns: TableColumnsType<KeyEntry> = [
    {
      title: t('storage.keys.kind'),
      key: 'kind',
      render: (_, { provider }) => t(`storage.keys.provider.${knownProvider(provider)}`, { provider }),
    },
    { title: t('storage.keys.label'), key: 'label', render: (_, { label }) => label || '—' },
    { title: t('backups.column.id'), key: 'id', render: (_, { id }) => <code>{id.slice(0, 8)}</code> },
    {
      title: t('storage.keys.createdAt'),
      key: 'createdAt',
      render: (_, { createdAt }) => (createdAt === null ? '—' : <Moment at={createdAt} show="time" />),
    },
    {
      title: t('storage.keys.state'),
      key: 'state',
      render: (_, { inUse }) =>
        inUse && <VerdictTag verdict="verified">{t('storage.keys.inUse')}</VerdictTag>,
    },
    {
      title: <span className="visually-hidden">{t('backups.column.actions')}</span>,
      key: 'actions',
      align: 'right',
      render: (_, entry) => <KeyMenu entry={entry} only={keys.length === 1} onAct={onAct} />,
    },
  ];
  const recoverable = keys.length > 1;
  return (
    <>
      <Table columns={columns} dataSource={keys} rowKey="id" pagination={false} size="small" />
      <p className={styles.foot}>
        {t('storage.keys.dataKeys', { count: dataKeys.length })}{' '}
        {!recoverable && <VerdictTag verdict="attention">{t('storage.keys.onlyOne')}</VerdictTag>}
      </p>
    </>
  );
}

interface KeyMenuProps {
  entry: KeyEntry;
  /** Whether it is the last way to open the vault. */
  only: boolean;
  onAct: (dialog: Dialog) => void;
}

function KeyMenu({ entry, only, onAct }: KeyMenuProps) {
  const { t } = useTranslation();
  const items = [
    ...(entry.provider === 'passphrase'
      ? [{ key: 'change', label: t('keys.changeOpen'), onClick: () => onAct({ name: 'change', entry }) }]
      : []),
    {
      key: 'remove',
      label: only ? t('keys.removeOnly') : t('keys.removeOpen'),
      danger: !only,
      disabled: only,
      onClick: () => onAct({ name: 'remove', entry }),
    },
  ];
  return (
    <Dropdown trigger={['click']} menu={{ items }}>
      <Button size="small" aria-label={t('keys.actsOn', { name: entry.label || entry.id.slice(0, 8) })}>
        {t('keys.acts')}
      </Button>
    </Dropdown>
  );
}

const PROVIDERS = ['passphrase', 'recovery', 'transit', 'aws_kms', 'tencent_kms', 'keyring'] as const;

function knownProvider(provider: string) {
  return PROVIDERS.find((known) => known === provider.replace('-', '_')) ?? 'other';
}
