import type { TFunction } from 'i18next';
import type { Fact, SeatView } from '../api';
import { SeatName } from '../games/PayloadFacts';
import { useTranslation } from '../i18n/use-translation';

/** What a fact is about. */
export function FactTitle({ fact, seats }: { fact: Fact; seats: SeatView[] }) {
  const { t } = useTranslation();
  if ('seat' in fact) return <SeatName of={fact.seat} seats={seats} />;
  return <span>{titleOf(fact, t)}</span>;
}

function titleOf(fact: Exclude<Fact, { seat: number }>, t: TFunction): string {
  switch (fact.kind) {
    case 'proposal':
      return t('game.questAttempt', { quest: fact.quest, attempt: fact.attempt });
    case 'quest':
      return t('game.quest', { quest: fact.quest });
    case 'lady_use':
      return t('diff.title.ladyUse', { quest: fact.quest });
    case 'loyalty':
      return t('diff.title.loyalty', { quest: fact.quest });
    default:
      return t(`diff.title.${fact.kind}`);
  }
}
