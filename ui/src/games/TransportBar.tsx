import {
  CaretRightOutlined,
  FastBackwardOutlined,
  FastForwardOutlined,
  PauseOutlined,
  StepBackwardOutlined,
  StepForwardOutlined,
} from '@ant-design/icons';
import { getRouteApi } from '@tanstack/react-router';
import { Button, Segmented, Tooltip } from 'antd';
import { memo, type ReactNode } from 'react';
import type { GameView } from '../api';
import { useTranslation } from '../i18n/use-translation';
import { useFormat, useNow } from '../shared/format/use-format';
import styles from './game.module.css';
import { type Playback, SPEEDS, type Speed } from './use-playback';

const route = getRouteApi('/games/$gameId');

/** Steps, key moments, play. */
export function TransportBar({ view, playback }: { view: GameView; playback: Playback }) {
  return (
    <div className={styles.transport}>
      <Controls playback={playback} />
      <Latest onClick={playback.toLatest} />
      <Position view={view} />
    </div>
  );
}

/** The same at every event, and slow to draw: not drawn anew for a step. */
const Controls = memo(function Controls({ playback }: { playback: Playback }) {
  const { t } = useTranslation();
  const { playing, speed, setSpeed, togglePlaying, step, stepMoment } = playback;
  return (
    <>
      <Control
        label={t('game.keys.previousMoment')}
        stroke="↑"
        onClick={() => stepMoment(-1)}
        testId="moment-previous"
      >
        <FastBackwardOutlined aria-hidden />
      </Control>
      <Control label={t('game.keys.previous')} stroke="←" onClick={() => step(-1)} testId="step-previous">
        <StepBackwardOutlined aria-hidden />
      </Control>
      <Control
        label={t('game.keys.play')}
        stroke={t('shell.keys.space')}
        onClick={togglePlaying}
        primary
        testId="play"
      >
        {playing ? <PauseOutlined aria-hidden /> : <CaretRightOutlined aria-hidden />}
      </Control>
      <Control label={t('game.keys.next')} stroke="→" onClick={() => step(1)} testId="step-next">
        <StepForwardOutlined aria-hidden />
      </Control>
      <Control
        label={t('game.keys.nextMoment')}
        stroke="↓"
        onClick={() => stepMoment(1)}
        testId="moment-next"
      >
        <FastForwardOutlined aria-hidden />
      </Control>
      <Segmented<Speed>
        size="small"
        value={speed}
        onChange={setSpeed}
        aria-label={t('game.speed')}
        options={SPEEDS.map((value) => ({ value, label: `×${value}` }))}
      />
    </>
  );
});

interface ControlProps {
  label: string;
  stroke: string;
  onClick: () => void;
  primary?: boolean;
  testId: string;
  children: ReactNode;
}

function Control({ label, stroke, onClick, primary, testId, children }: ControlProps) {
  return (
    <Tooltip title={`${label} (${stroke})`}>
      <Button
        type={primary ? 'primary' : 'default'}
        icon={children}
        onClick={onClick}
        aria-label={label}
        data-testid={testId}
      />
    </Tooltip>
  );
}

const Latest = memo(function Latest({ onClick }: { onClick: () => void }) {
  const { t } = useTranslation();
  const following = route.useSearch({ select: ({ seq }) => seq === undefined });
  return (
    <Button size="small" type="text" disabled={following} onClick={onClick} data-testid="game-latest">
      {following ? t('game.following') : t('game.toLatest')}
    </Button>
  );
});

function Position({ view: { seq, events } }: { view: GameView }) {
  const format = useFormat();
  const now = useNow(60_000);
  const event = events.find((candidate) => candidate.seq === seq);
  return (
    <span className={styles.at}>
      seq {seq}
      {event && ` · ${format.time(event.at, now)}`}
    </span>
  );
}
