import { useTranslation } from 'react-i18next';
import type { GameView } from '../api';
import { ChangeList } from '../diff/ChangeList';
import { codeText } from '../i18n/code';
import { useFormat } from '../shared/format/use-format';
import styles from './game.module.css';
import { PayloadFacts, SeatName } from './PayloadFacts';

/** The event at hand in words. */
export function EventDetail({ view }: { view: GameView }) {
  const { t } = useTranslation();
  const format = useFormat();
  const event = view.events.find(({ seq }) => seq === view.seq);
  if (!event) return <p className={styles.note}>{t('game.event.hidden')}</p>;
  return (
    <div className={styles.event} data-testid="event-detail">
      <h3>
        {event.seq} · {codeText('event', event.kind) ?? event.kind}
        {event.moment && (
          <span className={styles.moment}>
            {event.moment} {codeText('moment', event.moment)}
          </span>
        )}
      </h3>
      <p className={styles.note}>
        {format.absolute(event.at)} ·{' '}
        {event.actor === 'system' ? t('game.event.system') : <SeatName of={event.actor} seats={view.seats} />}
      </p>
      <PayloadFacts payload={event.payload} seats={view.seats} />
      <h4>{t('game.changed')}</h4>
      <ChangeList changes={view.changes} seats={view.seats} />
    </div>
  );
}
