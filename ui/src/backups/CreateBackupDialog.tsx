import { useNavigate } from '@tanstack/react-router';
import { Alert, Button, Modal } from 'antd';
import { useState } from 'react';
import { type DataClass, type Method, useRun } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { ClassPicker, DATA_CLASSES } from '../shared/data-class';
import { describeFailure } from '../shared/describe';
import { CopyCommand } from '../shared/format/CopyCommand';
import styles from './backups.module.css';
import { MethodPicker } from './MethodPicker';

/** Chooses what to back up and starts the job. */
export function CreateBackupDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [classes, setClasses] = useState<DataClass[]>(DATA_CLASSES);
  const [method, setMethod] = useState<Method>('full');
  const create = useRun('backup.create');
  const all = classes.length === DATA_CLASSES.length;
  const start = () =>
    create.mutate(
      { classes: all ? [] : classes, method },
      { onSuccess: ({ jobId }) => void navigate({ to: '/jobs/$jobId', params: { jobId } }) },
    );
  return (
    <Modal
      open
      onCancel={onClose}
      title={t('backups.create.title')}
      width={600}
      footer={
        <>
          <CopyCommand
            command={`avault backup create --class ${all ? 'all' : classes.join(',')} --method ${method}`}
          />
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button
            type="primary"
            disabled={classes.length === 0}
            loading={create.isPending}
            onClick={start}
            data-testid="backup-create-confirm"
          >
            {t('backups.create.confirm')}
          </Button>
        </>
      }
    >
      <div className={styles.create}>
        <p>{t('backups.create.about')}</p>
        <MethodPicker value={method} onChange={setMethod} />
        <ClassPicker from={DATA_CLASSES} value={classes} onChange={setClasses} />
        {create.error && (
          <Alert
            type="error"
            showIcon
            title={describeFailure(create.error).message}
            description={describeFailure(create.error).hint}
          />
        )}
      </div>
    </Modal>
  );
}
