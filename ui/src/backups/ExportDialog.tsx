import { FolderOpenOutlined } from '@ant-design/icons';
import { useNavigate } from '@tanstack/react-router';
import { Alert, Button, Checkbox, Input, Modal, Radio, Space } from 'antd';
import { useId, useState } from 'react';
import { type BackupView, type DataClass, type DumpFormat, useRun } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { platform } from '../platform';
import { describeFailure } from '../shared/describe';
import { CopyCommand } from '../shared/format/CopyCommand';
import styles from './backups.module.css';
import { ChosenSet } from './ChosenSet';

const FORMATS: DumpFormat[] = ['mongodump', 'archive'];

/** Chooses form and place of a dump of a backup, and starts the job. */
export function ExportDialog({ backup, onClose }: { backup: string; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [classes, setClasses] = useState<DataClass[] | null>(null);
  const [format, setFormat] = useState<DumpFormat>('mongodump');
  const [gzip, setGzip] = useState(true);
  const [folder, setFolder] = useState('');
  const [name, setName] = useState<string | null>(null);
  const run = useRun(
    'backup.export',
    ({ jobId }) =>
      void navigate({ to: '/backups/$backupId', params: { backupId: backup }, search: { job: jobId } }),
  );
  const label = name ?? suggested(backup, format, gzip);
  const path = folder.trim() && `${folder.trim().replace(/[\\/]+$/, '')}/${label.trim()}`;
  const ready = path !== '' && label.trim() !== '' && classes?.length !== 0;
  const command = [
    `avault export ${backup} --format ${format} --out ${JSON.stringify(path || label)}`,
    gzip && '--gzip',
    classes && `--class ${classes.join(',')}`,
  ];
  return (
    <Modal
      open
      onCancel={onClose}
      title={t('export.title')}
      width={620}
      className={styles.tall}
      footer={
        <>
          <CopyCommand command={command.filter(Boolean).join(' ')} />
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button
            type="primary"
            disabled={!ready}
            loading={run.isPending}
            onClick={() => run.mutate({ backup, classes: classes ?? [], format, path, gzip })}
            data-testid="export-start"
          >
            {t('export.start')}
          </Button>
        </>
      }
    >
      <div className={styles.create}>
        <Alert type="warning" showIcon title={t('export.plain')} />
        <ChosenSet backup={backup} classes={classes} onChange={setClasses}>
          {(summary: BackupView) =>
            summary.classes.includes('active') && <p className={styles.note}>{t('export.redis')}</p>
          }
        </ChosenSet>
        <Radio.Group
          className={styles.formats}
          value={format}
          onChange={({ target }) => setFormat(target.value)}
          aria-label={t('export.format')}
          options={FORMATS.map((value) => ({
            value,
            label: (
              <span data-testid={`export-${value}`}>
                {t(`export.formats.${value}`)}
                <small>{t(`export.formatHint.${value}`)}</small>
              </span>
            ),
          }))}
        />
        <Checkbox checked={gzip} onChange={({ target }) => setGzip(target.checked)}>
          {t('export.gzip')}
        </Checkbox>
        <Place folder={folder} name={label} onFolder={setFolder} onName={setName} />
        {run.error && (
          <Alert
            type="error"
            showIcon
            title={describeFailure(run.error).message}
            description={describeFailure(run.error).hint}
            data-testid="export-refused"
          />
        )}
      </div>
    </Modal>
  );
}

interface PlaceProps {
  folder: string;
  name: string;
  onFolder: (folder: string) => void;
  onName: (name: string) => void;
}

/** Where the dump goes: a folder, and the name of what is made in it. */
function Place({ folder, name, onFolder, onName }: PlaceProps) {
  const { t } = useTranslation();
  const id = useId();
  const choose = async () => {
    const chosen = await platform().chooseFolder();
    if (chosen) onFolder(chosen);
  };
  return (
    <div className={styles.place}>
      <label htmlFor={`${id}-folder`}>{t('export.folder')}</label>
      <Space.Compact block>
        <Input
          id={`${id}-folder`}
          value={folder}
          onChange={({ target }) => onFolder(target.value)}
          placeholder="/srv/dumps"
          spellCheck={false}
          data-testid="export-folder"
        />
        {platform().canChooseFolder && (
          <Button icon={<FolderOpenOutlined aria-hidden />} onClick={() => void choose()}>
            {t('setup.field.choose')}
          </Button>
        )}
      </Space.Compact>
      <label htmlFor={`${id}-name`}>{t('export.name')}</label>
      <Input
        id={`${id}-name`}
        value={name}
        onChange={({ target }) => onName(target.value)}
        spellCheck={false}
        data-testid="export-name"
      />
      <span className={styles.note}>{t('export.empty')}</span>
    </div>
  );
}

function suggested(backup: string, format: DumpFormat, gzip: boolean): string {
  const base = `avalon-${backup.slice(-6).toLowerCase()}`;
  return format === 'mongodump' ? base : `${base}.archive${gzip ? '.gz' : ''}`;
}
