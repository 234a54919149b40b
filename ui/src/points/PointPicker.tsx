import { useNavigate } from '@tanstack/react-router';
import { Alert, Button, Form, Input } from 'antd';
import { useState } from 'react';
import { useRead, useRun } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { describeFailure } from '../shared/describe';
import { usePreferences } from '../shared/preferences';
import styles from './points.module.css';
import { rfc3339 } from './rfc3339';

const MINUTE_MS = 60_000;
/** How far back the offered points lie from the newest one. */
const BACK = [0, 1, 10, 60];

/** Names a point in time and has the backup of it made. */
export function PointPicker() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { timeZone } = usePreferences();
  const newest = useRead('point.list', {}).data?.ranges.at(-1)?.toMs;
  const [typed, setTyped] = useState<string>();
  // The newest second is over once something of a later one is in the log.
  const at = typed ?? (newest === undefined ? '' : rfc3339(newest - 1000, timeZone));
  const prepare = useRun(
    'point.prepare',
    ({ jobId }) => void navigate({ to: '/jobs/$jobId', params: { jobId } }),
  );
  return (
    <Form layout="vertical" onFinish={() => prepare.mutate({ at })} className={styles.picker}>
      <Form.Item label={t('points.at')} extra={t('points.atHint')} htmlFor="point-at">
        <Input
          id="point-at"
          value={at}
          onChange={({ target }) => setTyped(target.value)}
          spellCheck={false}
          className={styles.at}
          data-testid="point-at"
        />
      </Form.Item>
      <div className={styles.offers}>
        {newest !== undefined &&
          BACK.map((minutes) => (
            <Button
              key={minutes}
              size="small"
              onClick={() => setTyped(rfc3339(newest - 1000 - minutes * MINUTE_MS, timeZone))}
            >
              {minutes === 0 ? t('points.newest') : t('points.back', { count: minutes })}
            </Button>
          ))}
        <Button
          type="primary"
          htmlType="submit"
          disabled={at.trim() === ''}
          loading={prepare.isPending}
          data-testid="point-prepare"
        >
          {t('points.prepare')}
        </Button>
      </div>
      {prepare.error && <Alert type="error" showIcon {...describeFailure(prepare.error)} />}
    </Form>
  );
}
