import { Button, InputNumber } from 'antd';
import { useId, useState } from 'react';
import type { Level, VerificationView } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { CopyCommand } from '../shared/format/CopyCommand';
import { Panel } from '../shared/layout/Panel';
import { CoverageNote } from '../shared/verdict/CoverageNote';
import { VerdictTag } from '../shared/verdict/VerdictTag';
import styles from './backups.module.css';

/** The rungs that can be asked for. */
const LEVELS = ['L0', 'L1', 'L2', 'L3', 'L4', 'L5'] as const satisfies readonly Level[];

interface LadderProps {
  backup: string;
  best: VerificationView | null;
  starting: boolean;
  onVerify: (level: Level, samplePercent: number) => void;
}

/** The verification ladder: what each level proves and how far this backup has come. */
export function Ladder({ backup, best, starting, onVerify }: LadderProps) {
  const { t } = useTranslation();
  const [sample, setSample] = useState(100);
  const field = useId();
  return (
    <Panel
      title={t('backup.ladder.title')}
      extra={
        <>
          <label className={styles.sample} htmlFor={field}>
            {t('backup.ladder.sample')}
            <InputNumber
              id={field}
              size="small"
              min={0.1}
              max={100}
              value={sample}
              onChange={(value) => setSample(value ?? 100)}
              suffix="%"
              style={{ width: 92 }}
              data-testid="verify-sample"
            />
          </label>
          <CopyCommand size="small" command={`avault backup verify ${backup} --level 3 --sample ${sample}`} />
        </>
      }
    >
      <ol className={styles.ladder}>
        {LEVELS.map((level) => (
          <Rung
            key={level}
            level={level}
            best={best}
            starting={starting}
            onVerify={() => onVerify(level, sample)}
          />
        ))}
      </ol>
      {best?.coverage && !best.coverage.complete && <CoverageNote coverage={best.coverage} />}
      {sample < 100 && <p className={styles.note}>{t('backup.ladder.sampleNote')}</p>}
    </Panel>
  );
}

interface RungProps {
  level: (typeof LEVELS)[number];
  best: VerificationView | null;
  starting: boolean;
  onVerify: () => void;
}

function Rung({ level, best, starting, onVerify }: RungProps) {
  const { t } = useTranslation();
  const reached = best?.proven != null && best.proven >= level;
  const sampled = !reached && best?.level != null && best.level >= level;
  return (
    <li className={reached ? styles.reached : undefined}>
      <div className={styles.rungHead}>
        <strong>{level}</strong>
        <span>{t(`backup.ladder.name.${level}`)}</span>
      </div>
      <p>{t(`backup.ladder.proves.${level}`)}</p>
      <div className={styles.rungFoot}>
        {reached ? (
          <VerdictTag verdict="verified">{t('backup.ladder.reached')}</VerdictTag>
        ) : sampled ? (
          <VerdictTag verdict="attention">{t('backup.ladder.sampled')}</VerdictTag>
        ) : (
          <VerdictTag verdict="unknown">{t('backup.ladder.notReached')}</VerdictTag>
        )}
        <Button
          size="small"
          type={level === 'L3' && !reached ? 'primary' : 'default'}
          loading={starting}
          onClick={onVerify}
          data-testid={level === 'L3' ? 'backup-verify' : `backup-verify-${level}`}
          aria-label={t('backup.ladder.verifyTo', { level })}
        >
          {t('backup.ladder.verify')}
        </Button>
      </div>
    </li>
  );
}
