import { FolderOpenOutlined } from '@ant-design/icons';
import { Alert, Button } from 'antd';
import { useState } from 'react';
import type { ExportOutcome } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { platform } from '../platform';
import { ShortId } from '../shared/format/ShortId';
import { useFormat } from '../shared/format/use-format';
import { Facts } from '../shared/layout/Facts';
import { Panel } from '../shared/layout/Panel';
import { VerdictTag } from '../shared/verdict/VerdictTag';
import styles from './jobs.module.css';

/** A dump that was written, and the way to it. */
export function ExportResult({ outcome }: { outcome: ExportOutcome }) {
  const { t } = useTranslation();
  const format = useFormat();
  const [refused, setRefused] = useState<string | null>(null);
  const { path, redisPath, documents, bytes, redisKeys, collections, format: form } = outcome;
  const open = () =>
    platform()
      .openFolder(path)
      .catch((reason) => setRefused(String(reason)));
  return (
    <Panel title={t('export.result')}>
      <div className={styles.result}>
        <VerdictTag verdict="verified" testId="export-done">
          {t('export.done')}
        </VerdictTag>
        <Facts
          facts={[
            { label: t('export.path'), value: <ShortId id={path} full /> },
            { label: t('export.format'), value: t(`export.formats.${form}`) },
            { label: t('backup.parts.collections'), value: format.number(collections.length) },
            { label: t('backups.column.documents'), value: format.number(documents) },
            { label: t('backups.column.bytes'), value: format.bytes(bytes) },
            { label: t('backup.parts.redisKeys'), value: format.number(redisKeys) },
            ...(redisPath ? [{ label: t('export.redisPath'), value: <ShortId id={redisPath} full /> }] : []),
          ]}
        />
        <Alert type="warning" showIcon title={t('export.plain')} />
        {platform().canChooseFolder && (
          <Button
            icon={<FolderOpenOutlined aria-hidden />}
            onClick={() => void open()}
            data-testid="export-open"
          >
            {t('export.open')}
          </Button>
        )}
        {refused && <Alert type="error" showIcon title={t('export.cannotOpen')} description={refused} />}
      </div>
    </Panel>
  );
}
