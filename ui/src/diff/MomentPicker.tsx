import { StepBackwardOutlined, StepForwardOutlined } from '@ant-design/icons';
import { Button, Select, Slider, Tooltip } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type DiffSide, useRead } from '../api';
import { codeText } from '../i18n/code';
import { ShortId, shortId } from '../shared/format/ShortId';
import { useFormat } from '../shared/format/use-format';
import { Panel } from '../shared/layout/Panel';
import styles from './diff.module.css';
import { GameSelect } from './GameSelect';

/** The select's value for the database. */
const LIVE = 'live';

interface MomentPickerProps {
  title: string;
  name: 'before' | 'after';
  side: DiffSide;
  onSeq: (seq: number) => void;
  onBackup: (backup: string | undefined) => void;
  /** Absent where the game itself is not to be chosen. */
  onGame?: (game: string) => void;
}

/** One of the two moments: which game, where it is read from, and the event. */
export function MomentPicker({ title, name, side, onSeq, onBackup, onGame }: MomentPickerProps) {
  const { t } = useTranslation();
  const { row, seq, lastSeq, event, moments } = side;
  const moment = moments.find((at) => at.seq === seq);
  return (
    <Panel
      title={title}
      extra={
        <span className={styles.game}>
          <ShortId id={row.id} />
        </span>
      }
    >
      <div className={styles.picker} data-testid={`diff-${name}`}>
        <div className={styles.chosen}>
          {onGame && <GameSelect title={title} game={row.id} onChange={onGame} />}
          <SourceSelect title={title} backup={side.backup} onChange={onBackup} />
        </div>
        <EventSlider title={title} side={side} onSeq={onSeq} />
        <div className={styles.at}>
          <Step label={t('game.keys.previous')} disabled={seq <= 1} onClick={() => onSeq(seq - 1)} back />
          <Step label={t('game.keys.next')} disabled={seq >= lastSeq} onClick={() => onSeq(seq + 1)} />
          <span data-testid={`diff-${name}-seq`}>{t('game.position', { seq, last: lastSeq })}</span>
          <span className={styles.event}>
            {event ? (codeText('event', event.kind) ?? event.kind) : t('game.event.hidden')}
            {moment && ` · ${moment.moment} ${codeText('moment', moment.moment) ?? ''}`}
          </span>
        </div>
      </div>
    </Panel>
  );
}

interface StepProps {
  label: string;
  disabled: boolean;
  onClick: () => void;
  back?: boolean;
}

function Step({ label, disabled, onClick, back }: StepProps) {
  return (
    <Tooltip title={label}>
      <Button
        size="small"
        aria-label={label}
        disabled={disabled}
        onClick={onClick}
        icon={back ? <StepBackwardOutlined aria-hidden /> : <StepForwardOutlined aria-hidden />}
      />
    </Tooltip>
  );
}

interface SourceSelectProps {
  title: string;
  backup: string | null;
  onChange: (backup: string | undefined) => void;
}

function SourceSelect({ title, backup, onChange }: SourceSelectProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const backups = useRead('backup.list', {}).data ?? [];
  const known = backups.map(({ id, committedAt, method }) => ({
    value: id,
    label: `${t('diff.source.backup', { id: shortId(id) })} · ${t(`backups.method.${method}`)} · ${format.absolute(committedAt)}`,
  }));
  const missing = backup !== null && !backups.some(({ id }) => id === backup);
  return (
    <Select
      value={backup ?? LIVE}
      aria-label={t('diff.source.title', { side: title })}
      className={styles.source}
      onChange={(value: string) => onChange(value === LIVE ? undefined : value)}
      options={[
        { value: LIVE, label: t('diff.source.live') },
        ...(missing ? [{ value: backup, label: t('diff.source.backup', { id: backup }) }] : []),
        ...known,
      ]}
    />
  );
}

interface EventSliderProps {
  title: string;
  side: DiffSide;
  onSeq: (seq: number) => void;
}

/** The events of the game; key moments are marked. Asks only when the handle has come to rest. */
function EventSlider({ title, side: { seq, lastSeq, moments }, onSeq }: EventSliderProps) {
  const { t } = useTranslation();
  const [at, setAt] = useState(seq);
  useEffect(() => setAt(seq), [seq]);
  return (
    <Slider
      min={1}
      max={Math.max(lastSeq, 2)}
      value={at}
      onChange={setAt}
      onChangeComplete={(value) => value !== seq && onSeq(value)}
      marks={Object.fromEntries(moments.map((moment) => [moment.seq, ' ']))}
      ariaLabelForHandle={t('diff.slider', { side: title })}
      tooltip={{ formatter: (value) => value }}
      className={styles.slider}
    />
  );
}
