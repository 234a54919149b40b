import { BranchesOutlined } from '@ant-design/icons';
import { Button, Slider } from 'antd';
import { useEffect, useState } from 'react';
import type { DiffSide } from '../api';
import { type PlaceSearch, searchOf } from '../games/place';
import { codeText } from '../i18n/code';
import { useTranslation } from '../i18n/use-translation';
import { ShortId } from '../shared/format/ShortId';
import { Panel } from '../shared/layout/Panel';
import styles from './diff.module.css';
import { GameSelect } from './GameSelect';
import { SnapshotSteps } from './SnapshotSteps';
import { SourceSelect } from './SourceSelect';
import { Step } from './Step';
import { isEdited } from './sides';

interface MomentPickerProps {
  title: string;
  name: 'before' | 'after';
  side: DiffSide;
  onSeq: (seq: number) => void;
  onSource: (source: PlaceSearch) => void;
  /** Absent where the game itself is not to be chosen. */
  onGame?: (game: string) => void;
}

/** One of the two moments: which game, where it is read from, and the event. */
export function MomentPicker({ title, name, side, onSeq, onSource, onGame }: MomentPickerProps) {
  const { row, snapshot } = side;
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
          <SourceSelect title={title} side={side} onChange={onSource} />
        </div>
        <Edited side={side} onSource={onSource} />
        {snapshot ? (
          <SnapshotSteps name={name} place={snapshot} seq={side.seq} onSource={onSource} />
        ) : (
          <EventSteps title={title} name={name} side={side} onSeq={onSeq} />
        )}
      </div>
    </Panel>
  );
}

/** Says that a side is not what happened, and leads back to that. */
function Edited({ side, onSource }: Pick<MomentPickerProps, 'side' | 'onSource'>) {
  const { t } = useTranslation();
  if (!isEdited(side)) return null;
  return (
    <span className={styles.edited} data-testid="diff-edited">
      <BranchesOutlined aria-hidden />
      {t('whatIf.inCompare', { count: side.place.whatIf?.length ?? 0 })}
      <Button
        size="small"
        type="link"
        onClick={() => onSource({ ...searchOf(side.place), whatIf: undefined })}
      >
        {t('whatIf.back')}
      </Button>
    </span>
  );
}

type EventStepsProps = Pick<MomentPickerProps, 'title' | 'name' | 'side' | 'onSeq'>;

/** The events of the game, to choose one. */
function EventSteps({ title, name, side, onSeq }: EventStepsProps) {
  const { t } = useTranslation();
  const { seq, lastSeq, event, moments } = side;
  const moment = moments.find((at) => at.seq === seq);
  return (
    <>
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
    </>
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
