import { Table, type TableColumnsType } from 'antd';
import { useTranslation } from 'react-i18next';
import { type KeyEntry, type KeyList, useRead } from '../api';
import { CopyCommand } from '../shared/format/CopyCommand';
import { Moment } from '../shared/format/Moment';
import { Panel } from '../shared/layout/Panel';
import { ReadView } from '../shared/layout/ReadView';
import { VerdictTag } from '../shared/verdict/VerdictTag';
import styles from './storage.module.css';

/** What opens the vault. Keys are changed on the command line: what they are never enters the window. */
export function KeysPanel() {
  const { t } = useTranslation();
  const read = useRead('key.list', {});
  return (
    <Panel
      title={t('storage.keys.title')}
      extra={<CopyCommand command="avault key add recovery" size="small" />}
      flush
    >
      <ReadView read={read}>{(list) => <KeyTable list={list} />}</ReadView>
    </Panel>
  );
}

function KeyTable({ list: { keys, dataKeys } }: { list: KeyList }) {
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

const PROVIDERS = ['passphrase', 'recovery', 'transit'] as const;

function knownProvider(provider: string) {
  return PROVIDERS.find((known) => known === provider) ?? 'other';
}
