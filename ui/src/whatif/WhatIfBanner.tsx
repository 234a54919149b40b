import { BranchesOutlined, CloseOutlined, DiffOutlined, RollbackOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { memo } from 'react';
import type { DroppedEvent, Edit, GameView, SeatView, Waits, WhatIfView } from '../api';
import { FactTable } from '../diff/FactTable';
import { OutcomeBadge } from '../diff/OutcomeBadge';
import { fromSide, toSide } from '../diff/sides';
import { SeatName } from '../games/PayloadFacts';
import { placeShown, searchOf } from '../games/place';
import { codeText } from '../i18n/code';
import { useTranslation } from '../i18n/use-translation';
import { LinkButton } from '../shared/LinkButton';
import { SentenceText } from '../shared/sentence/SentenceText';
import { membersOf } from './edits';
import { useEdits } from './use-edits';
import styles from './whatif.module.css';
import { payloadWords, seatsWords } from './words';

interface WhatIfBannerProps {
  view: GameView;
  whatIf: WhatIfView;
}

/** Says over the table that this is not what happened, what is otherwise, and what came of it. Stays until the edits are gone. */
export const WhatIfBanner = memo(function WhatIfBanner({ view, whatIf }: WhatIfBannerProps) {
  const { t } = useTranslation();
  const { clear, remove } = useEdits();
  const { edits, facts, dropped, waits } = whatIf;
  const titles = { before: t('whatIf.side.before'), after: t('whatIf.side.after') };
  return (
    <section className={styles.banner} aria-label={t('whatIf.title')} data-testid="what-if">
      <div className={styles.head}>
        <BranchesOutlined className={styles.icon} aria-hidden />
        <strong>{t('whatIf.title')}</strong>
        <span>{t('whatIf.nothingWritten')}</span>
        <span className={styles.actions}>
          <CompareLink view={view} />
          <Button
            size="small"
            type="primary"
            icon={<RollbackOutlined aria-hidden />}
            onClick={clear}
            data-testid="what-if-clear"
          >
            {t('whatIf.back')}
          </Button>
        </span>
      </div>
      <ul className={styles.edits} aria-label={t('whatIf.edits')}>
        {edits.map((edit) => (
          <EditLine key={edit.seq} edit={edit} view={view} onRemove={() => remove(edit.seq)} />
        ))}
      </ul>
      <div className={styles.head}>
        <OutcomeBadge view={whatIf} />
        <span data-testid="what-if-waits">
          <WaitsWords waits={waits} view={view} />
        </span>
      </div>
      <details data-testid="what-if-facts">
        <summary>{t('whatIf.facts', { count: facts.length })}</summary>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area has to be reachable by keyboard */}
        <div className={styles.details} tabIndex={0} role="region" aria-label={t('whatIf.factsTitle')}>
          <FactTable facts={facts} before={view.seats} after={view.seats} titles={titles} />
        </div>
      </details>
      {dropped.length > 0 && (
        <details data-testid="what-if-dropped">
          <summary>{t('whatIf.dropped', { count: dropped.length })}</summary>
          <DroppedTable dropped={dropped} seats={view.seats} />
        </details>
      )}
    </section>
  );
});

/** What happened at its end against the course at its end. */
function CompareLink({ view }: { view: GameView }) {
  const { t } = useTranslation();
  const place = searchOf(placeShown(view));
  return (
    <LinkButton
      size="small"
      to="/games/$gameId/compare"
      params={{ gameId: view.row.id }}
      search={{ ...fromSide({ ...place, whatIf: undefined }), ...toSide(place) }}
      icon={<DiffOutlined aria-hidden />}
      data-testid="what-if-compare"
    >
      {t('whatIf.compare')}
    </LinkButton>
  );
}

interface EditLineProps {
  edit: Edit;
  view: GameView;
  onRemove: () => void;
}

function EditLine({ edit: { seq, change }, view, onRemove }: EditLineProps) {
  const { t } = useTranslation();
  const event = view.events.find(({ origin }) => origin?.of === seq);
  const kind = event?.kind ?? view.whatIf?.dropped.find((dropped) => dropped.seq === seq)?.kind;
  const name = kind ? (codeText('event', kind) ?? kind) : '';
  return (
    <li className={styles.edit} data-testid="what-if-edit">
      <span className={styles.seq}>{t('whatIf.event', { seq, event: name })}</span>
      {event && event.actor !== 'system' && <SeatName of={event.actor} seats={view.seats} />}
      <strong>
        {change.kind === 'skip'
          ? t('whatIf.skipped')
          : payloadWords(membersOf(change.payload), view.seats, t)}
      </strong>
      <Button
        size="small"
        type="text"
        icon={<CloseOutlined aria-hidden />}
        onClick={onRemove}
        aria-label={t('whatIf.remove', { seq })}
        title={t('whatIf.remove', { seq })}
        data-testid="what-if-remove"
      />
    </li>
  );
}

function WaitsWords({ waits: { turn, seats }, view }: { waits: Waits; view: GameView }) {
  const { t } = useTranslation();
  if (turn === 'over') return <>{t('whatIf.over')}</>;
  const words = codeText('turn', turn, { seats: seatsWords(seats, view.seats, t) }) ?? turn;
  return <>{t('whatIf.waits', { what: words })}</>;
}

function DroppedTable({ dropped, seats }: { dropped: DroppedEvent[]; seats: SeatView[] }) {
  const { t } = useTranslation();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area has to be reachable by keyboard
    <div className={styles.details} tabIndex={0} role="region" aria-label={t('whatIf.droppedTitle')}>
      <table className={styles.dropped}>
        <thead>
          <tr>
            <th scope="col">{t('whatIf.column.event')}</th>
            <th scope="col">{t('whatIf.column.rule')}</th>
            <th scope="col">{t('whatIf.column.why')}</th>
          </tr>
        </thead>
        <tbody>
          {dropped.map(({ seq, kind, rule, detail, sentence }) => (
            <tr key={seq}>
              <td>{t('whatIf.event', { seq, event: codeText('event', kind) ?? kind })}</td>
              <td>{rule ? <code>{rule}</code> : t('whatIf.byEdit')}</td>
              <td>{rule && <SentenceText sentence={sentence} english={detail} seats={seats} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
