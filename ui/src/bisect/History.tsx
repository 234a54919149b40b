import { CloseOutlined, SwapRightOutlined } from '@ant-design/icons';
import { Button, Spin } from 'antd';
import { type BisectStep, type GameView, useRead } from '../api';
import { placeShown } from '../games/place';
import { codeText } from '../i18n/code';
import { useTranslation } from '../i18n/use-translation';
import { describeFailure } from '../shared/describe';
import styles from './bisect.module.css';

interface HistoryProps {
  view: GameView;
  /** The member of the state, names from the outside in with dots between. */
  path: string;
  onGo: (seq: number) => void;
  onClose: () => void;
}

/** When a member of the state changed: each event leads to its moment. */
export function History({ view, path, onGo, onClose }: HistoryProps) {
  const { t } = useTranslation();
  const read = useRead('game.bisect', {
    game: view.row.id,
    ...placeShown(view),
    viewer: view.viewer,
    wanted: { kind: 'field', path },
  });
  return (
    <section className={styles.history} aria-label={t('bisect.title', { path })} data-testid="bisect">
      <header>
        <span>
          {t('bisect.heading')} <code>{path}</code>
        </span>
        <Button
          type="text"
          size="small"
          aria-label={t('common.close')}
          icon={<CloseOutlined aria-hidden />}
          onClick={onClose}
        />
      </header>
      {read.isPending && <Spin size="small" aria-label={t('bisect.loading')} />}
      {read.error && <p>{describeFailure(read.error).message}</p>}
      <ol>
        {read.data?.steps.map((step) => (
          <Step key={step.seq} step={step} current={step.seq === view.seq} onGo={onGo} />
        ))}
      </ol>
    </section>
  );
}

interface StepProps {
  step: BisectStep;
  current: boolean;
  onGo: (seq: number) => void;
}

function Step({ step: { seq, event, before, after }, current, onGo }: StepProps) {
  const { t } = useTranslation();
  return (
    <li>
      <button
        type="button"
        aria-current={current || undefined}
        onClick={() => seq !== null && onGo(seq)}
        data-testid="bisect-step"
      >
        <span className={styles.seq}>{seq}</span>
        <span>{event ? (codeText('event', event) ?? event) : t('game.event.hidden')}</span>
      </button>
      <span className={styles.change}>
        <code>{before ?? t('bisect.nothing')}</code>
        <SwapRightOutlined aria-hidden />
        <code>{after ?? t('bisect.nothing')}</code>
      </span>
    </li>
  );
}
