import { CheckOutlined, CopyOutlined, DownloadOutlined } from '@ant-design/icons';
import { Alert, Button, Checkbox, Input, Modal } from 'antd';
import { useState } from 'react';
import { type KeyAdded, useRead, useRun } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { platform } from '../platform';
import { useCopy } from '../shared/format/use-copy';
import { useFormat } from '../shared/format/use-format';
import { Refusal } from './KeyDialogs';
import styles from './storage.module.css';

/** Makes a recovery key, shows it this once, and helps to keep it. */
export function RecoveryDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const [label, setLabel] = useState('');
  const [kept, setKept] = useState(false);
  const { data: added, mutate, isPending, error } = useRun('key.add');
  const make = () => mutate({ key: { provider: 'recovery' }, label: label.trim() });
  return (
    <Modal
      open
      width={620}
      title={t('keys.recoveryTitle')}
      onCancel={added ? undefined : onClose}
      closable={!added}
      maskClosable={false}
      keyboard={!added}
      destroyOnHidden
      footer={
        added ? (
          <Button type="primary" disabled={!kept} onClick={onClose} data-testid="recovery-close">
            {t('common.close')}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>{t('common.cancel')}</Button>
            <Button type="primary" loading={isPending} onClick={make} data-testid="recovery-make">
              {t('keys.recoveryMake')}
            </Button>
          </>
        )
      }
    >
      <div className={styles.plan}>
        {added?.recoveryKey ? (
          <>
            <Kit added={added} recoveryKey={added.recoveryKey} />
            <Checkbox
              checked={kept}
              onChange={({ target }) => setKept(target.checked)}
              data-testid="recovery-kept"
            >
              {t('keys.recoveryKept')}
            </Checkbox>
          </>
        ) : (
          <>
            <p>{t('keys.recoveryAbout')}</p>
            <Input
              value={label}
              maxLength={64}
              onChange={({ target }) => setLabel(target.value)}
              placeholder={t('keys.recoveryLabel')}
              aria-label={t('storage.keys.label')}
            />
            <Refusal failure={error} />
          </>
        )}
      </div>
    </Modal>
  );
}

/** The key with what is needed to use it. It stays in this dialog and goes with it. */
function Kit({ added, recoveryKey }: { added: KeyAdded; recoveryKey: string }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { copied, copy } = useCopy();
  const [saved, setSaved] = useState<'saved' | string | null>(null);
  const store = useRead('settings.get', {}).data?.store?.url ?? '—';
  const made = format.absolute(platform().now());
  const lines = [
    t('keys.kit.title'),
    '',
    `${t('keys.kit.store')}: ${store}`,
    `${t('keys.kit.id')}: ${added.id}`,
    `${t('keys.kit.made')}: ${made}`,
    '',
    recoveryKey,
    '',
    t('keys.kit.use'),
    t('keys.kit.keep'),
    '',
  ];
  const save = () =>
    platform()
      .saveText('avalon-vault-recovery-kit.txt', lines.join('\n'))
      .then((done) => done && setSaved('saved'))
      .catch((reason) => setSaved(String(reason)));
  return (
    <div className={styles.kit} data-testid="recovery-kit">
      <Alert type="warning" showIcon title={t('keys.recoveryOnce')} />
      <output className={styles.recoveryKey}>{recoveryKey}</output>
      <p className={styles.note}>{t('keys.kit.use')}</p>
      <div className={styles.kitActions}>
        <Button
          icon={<DownloadOutlined aria-hidden />}
          onClick={() => void save()}
          data-testid="recovery-save"
        >
          {saved === 'saved' ? t('keys.kitSaved') : t('keys.kitSave')}
        </Button>
        <Button
          icon={copied ? <CheckOutlined aria-hidden /> : <CopyOutlined aria-hidden />}
          onClick={() => copy(recoveryKey)}
        >
          {copied ? t('common.copied') : t('keys.recoveryCopy')}
        </Button>
      </div>
      {saved && saved !== 'saved' && (
        <Alert type="error" showIcon title={t('keys.kitFailed')} description={saved} />
      )}
    </div>
  );
}
