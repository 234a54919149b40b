import { useNavigate } from '@tanstack/react-router';
import { Alert, Button, Modal } from 'antd';
import { useState } from 'react';
import { type DataClass, useRun } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { describeFailure } from '../shared/describe';
import { CopyCommand } from '../shared/format/CopyCommand';
import styles from './backups.module.css';
import { ChosenSet } from './ChosenSet';

/** Chooses what of a backup is compared with live data, and starts the job. */
export function CompareDialog({ backup, onClose }: { backup: string; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [classes, setClasses] = useState<DataClass[] | null>(null);
  const compare = useRun(
    'compare.run',
    ({ jobId }) =>
      void navigate({ to: '/backups/$backupId', params: { backupId: backup }, search: { job: jobId } }),
  );
  const named = classes ? ` --class ${classes.join(',')}` : '';
  return (
    <Modal
      open
      onCancel={onClose}
      title={t('backup.compareTitle')}
      width={560}
      footer={
        <>
          <CopyCommand command={`avault compare ${backup}${named}`} />
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button
            type="primary"
            disabled={classes?.length === 0}
            loading={compare.isPending}
            onClick={() => compare.mutate({ backup, classes: classes ?? [] })}
            data-testid="compare-start"
          >
            {t('backup.compareStart')}
          </Button>
        </>
      }
    >
      <div className={styles.create}>
        <p>{t('backup.compareAbout')}</p>
        <ChosenSet backup={backup} classes={classes} onChange={setClasses} />
        {compare.error && (
          <Alert
            type="error"
            showIcon
            title={describeFailure(compare.error).message}
            description={describeFailure(compare.error).hint}
          />
        )}
      </div>
    </Modal>
  );
}
