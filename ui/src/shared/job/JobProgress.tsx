import { Progress } from 'antd';
import type { JobView, Throttling } from '../../api';
import { codeText } from '../../i18n/code';
import { useTranslation } from '../../i18n/use-translation';
import { useFormat } from '../format/use-format';
import styles from './job.module.css';

/** How far a job is, in a share from 0 to 1; null where the whole is not known. */
export function shareOf({ progress, state }: Pick<JobView, 'progress' | 'state'>): number | null {
  if (state === 'done' || state === 'done_with_problems') return 1;
  if (!progress?.total) return null;
  return Math.min(1, progress.done / progress.total);
}

/** How fast the job may read, and the latency that decides it. */
function Slowed({ throttling }: { throttling: Throttling }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { bytesPerSecond, latencyMs, goalMs } = throttling;
  const rate = format.rate(bytesPerSecond, true);
  return (
    <div className={styles.progressFoot} data-testid="job-slowed">
      {latencyMs === null || goalMs === null
        ? t('job.slowedFixed', { rate })
        : t('job.slowed', { rate, latency: latencyMs.toFixed(1), goal: goalMs.toFixed(1) })}
    </div>
  );
}

/** Phase, amount, rate and time left of a running job. */
export function JobProgress({ job }: { job: JobView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const { progress } = job;
  const share = shareOf(job);
  const inBytes = progress?.unit === 'bytes';
  const amount = (value: number) => (inBytes ? format.bytes(value) : format.number(value));
  const phase = progress ? (codeText('phase', progress.phase) ?? progress.phase) : t('job.starting');
  return (
    <div className={styles.progress} data-testid="job-progress">
      <div className={styles.progressHead}>
        <strong>{phase}</strong>
        {progress?.detail && <code>{progress.detail}</code>}
        <span className={styles.progressShare}>{share === null ? '' : format.percent(share)}</span>
      </div>
      <Progress
        percent={Math.round((share ?? 0) * 1000) / 10}
        showInfo={false}
        status={share === null ? 'active' : 'normal'}
        aria-label={t('job.progressOf', { phase })}
      />
      {progress?.throttling && <Slowed throttling={progress.throttling} />}
      {progress && (
        <div className={styles.progressFoot}>
          <span>
            {amount(progress.done)}
            {progress.total !== null && ` / ${amount(progress.total)}`}
            {!inBytes && ` ${t(`job.unit.${progress.unit}`)}`}
          </span>
          <span>{format.rate(progress.ratePerSecond, inBytes)}</span>
          <span>
            {progress.etaSeconds === null
              ? t('job.etaUnknown')
              : t('job.eta', { duration: format.duration(progress.etaSeconds) })}
          </span>
        </div>
      )}
    </div>
  );
}
