import { PushpinOutlined } from '@ant-design/icons';
import { Alert, Button, Input, Modal } from 'antd';
import { useState } from 'react';
import { type BackupView, useRun } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { describeFailure } from '../shared/describe';
import styles from './backups.module.css';

/** Pins a backup with a reason, or lifts its pins. */
export function PinButton({ backup }: { backup: BackupView }) {
  const { t } = useTranslation();
  const [asking, setAsking] = useState(false);
  const unpin = useRun('backup.unpin');
  if (backup.pinned) {
    return (
      <Button
        icon={<PushpinOutlined />}
        loading={unpin.isPending}
        onClick={() => unpin.mutate({ id: backup.id })}
        data-testid="backup-unpin"
      >
        {t('pin.unpin')}
      </Button>
    );
  }
  return (
    <>
      <Button icon={<PushpinOutlined />} onClick={() => setAsking(true)} data-testid="backup-pin">
        {t('pin.pin')}
      </Button>
      {asking && <PinDialog id={backup.id} onClose={() => setAsking(false)} />}
    </>
  );
}

function PinDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState('');
  const pin = useRun('backup.pin', onClose);
  const named = reason.trim();
  return (
    <Modal
      open
      title={t('pin.title')}
      onCancel={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button
            type="primary"
            disabled={named === ''}
            loading={pin.isPending}
            onClick={() => pin.mutate({ id, reason: named })}
            data-testid="pin-confirm"
          >
            {t('pin.title')}
          </Button>
        </>
      }
    >
      <div className={styles.create}>
        <p>{t('pin.about')}</p>
        <Input
          value={reason}
          onChange={({ target }) => setReason(target.value)}
          placeholder={t('pin.reason')}
          aria-label={t('pin.reason')}
          autoFocus
        />
        {pin.error && <Alert type="error" showIcon title={describeFailure(pin.error).message} />}
      </div>
    </Modal>
  );
}
