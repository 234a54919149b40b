import type { GameView, SnapshotMoment } from '../api';
import { ChangeList } from '../diff/ChangeList';
import { codeText } from '../i18n/code';
import { useTranslation } from '../i18n/use-translation';
import { useFormat } from '../shared/format/use-format';
import { SnapshotLinks } from '../snapshots/SnapshotLinks';
import { OriginTag } from '../whatif/OriginTag';
import { WhatIfButton } from '../whatif/WhatIfButton';
import styles from './game.module.css';
import { PayloadFacts, SeatName } from './PayloadFacts';

interface EventDetailProps {
  view: GameView;
  snapshots: SnapshotMoment[];
}

/** The event at hand in words, with the snapshots that were cut after it. */
export function EventDetail({ view, snapshots }: EventDetailProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const event = view.events.find(({ seq }) => seq === view.seq);
  const here = <SnapshotLinks snapshots={snapshots.filter(({ seq }) => seq === view.seq)} />;
  if (!event) {
    return (
      <div className={styles.event}>
        <p className={styles.note}>{t('game.event.hidden')}</p>
        {here}
      </div>
    );
  }
  return (
    <div className={styles.event} data-testid="event-detail" data-kind={event.kind}>
      <div className={styles.eventHead}>
        <h3>
          {event.seq} · {codeText('event', event.kind) ?? event.kind}
          <OriginTag origin={event.origin} />
          {event.moment && (
            <span className={styles.moment}>
              {event.moment} {codeText('moment', event.moment)}
            </span>
          )}
        </h3>
        <WhatIfButton view={view} event={event} />
      </div>
      <p className={styles.note}>
        {format.absolute(event.at)} ·{' '}
        {event.actor === 'system' ? t('game.event.system') : <SeatName of={event.actor} seats={view.seats} />}
        {event.origin && event.origin.of !== null && event.origin.of !== event.seq && (
          <> · {t('whatIf.ofLog', { seq: event.origin.of })}</>
        )}
      </p>
      <PayloadFacts payload={event.payload} seats={view.seats} />
      <h4>{t('game.changed')}</h4>
      <ChangeList changes={view.changes} seats={view.seats} />
      {here}
    </div>
  );
}
