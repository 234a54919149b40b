import { Button, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Level, VerificationView } from '../api';
import { CopyCommand } from '../shared/format/CopyCommand';
import { Panel } from '../shared/layout/Panel';
import { VerdictTag } from '../shared/verdict/VerdictTag';
import styles from './backups.module.css';

/** The rungs that can be asked for. */
const LEVELS = ['L0', 'L1', 'L2', 'L3', 'L4'] as const satisfies readonly Level[];
const SAMPLES = [100, 25, 5];

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
  return (
    <Panel
      title={t('backup.ladder.title')}
      extra={
        <>
          <span>{t('backup.ladder.sample')}</span>
          <Select
            size="small"
            value={sample}
            onChange={setSample}
            aria-label={t('backup.ladder.sample')}
            options={SAMPLES.map((value) => ({ value, label: `${value} %` }))}
          />
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
  const reached = best?.level != null && best.level >= level;
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
