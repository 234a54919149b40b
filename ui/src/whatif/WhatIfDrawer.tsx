import { Button, Drawer, Select } from 'antd';
import { useId } from 'react';
import {
  type Alteration,
  type AlternativesView,
  type EventView,
  type GameView,
  type SeatView,
  useRead,
} from '../api';
import { PayloadFacts } from '../games/PayloadFacts';
import { placeShown } from '../games/place';
import { codeText } from '../i18n/code';
import { useTranslation } from '../i18n/use-translation';
import { ReadView } from '../shared/layout/ReadView';
import { patchBetween } from './edits';
import { useEdits } from './use-edits';
import styles from './whatif.module.css';
import { payloadWords } from './words';

/** So many alternatives are shown as buttons; more are searched. */
const AS_BUTTONS = 8;

interface WhatIfDrawerProps {
  view: GameView;
  event: EventView;
  /** Its number in the log. */
  seq: number;
  onClose: () => void;
}

/** What could have happened in the place of an event, to choose from. */
export function WhatIfDrawer({ view, event, seq, onClose }: WhatIfDrawerProps) {
  const { t } = useTranslation();
  const { add } = useEdits();
  const read = useRead('game.alternatives', { id: view.row.id, seq, ...placeShown(view) });
  const choose = (change: Alteration) => {
    add({ seq, change });
    onClose();
  };
  return (
    <Drawer
      open
      size={440}
      onClose={onClose}
      closable={{ 'aria-label': t('common.close') }}
      title={t('whatIf.drawerTitle', { seq, event: codeText('event', event.kind) ?? event.kind })}
    >
      <div className={styles.drawer} data-testid="what-if-drawer">
        <p className={styles.note}>{t('whatIf.about')}</p>
        <ReadView read={read} label={t('whatIf.loading')}>
          {(alternatives) => (
            <>
              <section>
                <h3>{t('whatIf.happened')}</h3>
                <PayloadFacts payload={alternatives.payload} seats={view.seats} />
              </section>
              <section className={styles.choices}>
                <h3>{t('whatIf.instead')}</h3>
                {alternatives.followsAgain ? (
                  <p className={styles.note} data-testid="what-if-follows">
                    {t('whatIf.followsAgain')}
                  </p>
                ) : (
                  <Button block onClick={() => choose({ kind: 'skip' })} data-testid="what-if-skip">
                    {t('whatIf.skip')}
                  </Button>
                )}
                <Others alternatives={alternatives} seats={view.seats} onChoose={choose} />
              </section>
            </>
          )}
        </ReadView>
      </div>
    </Drawer>
  );
}

interface OthersProps {
  alternatives: AlternativesView;
  seats: SeatView[];
  onChoose: (change: Alteration) => void;
}

/** What else the rules would have allowed, told by what differs. */
function Others({ alternatives: { payload, payloads, followsAgain }, seats, onChoose }: OthersProps) {
  const { t } = useTranslation();
  const label = useId();
  if (payloads.length === 0 && followsAgain) return null;
  if (payloads.length === 0) return <p className={styles.note}>{t('whatIf.noOther')}</p>;
  const patches = payloads.map((wanted) => patchBetween(payload, wanted));
  const words = patches.map((patch) => payloadWords(patch, seats, t));
  const choose = (index: number) => {
    const patch = patches[index];
    if (patch) onChoose({ kind: 'set', payload: patch });
  };
  if (payloads.length <= AS_BUTTONS) {
    return words.map((text, index) => (
      <Button key={text} block onClick={() => choose(index)} data-testid="what-if-other">
        {text}
      </Button>
    ));
  }
  return (
    <div className={styles.search}>
      <span id={label}>{t('whatIf.others', { count: payloads.length })}</span>
      <Select<number>
        aria-labelledby={label}
        placeholder={t('whatIf.search')}
        showSearch={{ filterOption: (typed, option) => fits(typed, String(option?.label ?? '')) }}
        notFoundContent={t('whatIf.noMatch')}
        onChange={choose}
        options={words.map((text, index) => ({ value: index, label: text }))}
        data-testid="what-if-others"
      />
    </div>
  );
}

/** Whether a text has every word that was typed. */
function fits(typed: string, text: string): boolean {
  const low = text.toLowerCase();
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => low.includes(word));
}
