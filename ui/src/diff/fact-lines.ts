import type { ParseKeys } from 'i18next';
import type { Change, Fact } from '../api';
import type { CodeGroup } from '../i18n/code';

/** A value of a fact, by how it is shown. */
export type FactValue =
  | { show: 'seats'; seats: number[] }
  | { show: 'code'; group: CodeGroup; code: string }
  | { show: 'tally'; approvals: number; rejections: number }
  | { show: 'flag'; flag: boolean }
  | { show: 'number'; number: number }
  | { show: 'text'; text: string };

/** One member of a fact that differs, on both sides. */
export interface FactLine {
  label: FactLabel;
  /** The seat that it is about, where the fact is about several. */
  seat?: number;
  before: FactValue | null;
  after: FactValue | null;
}

type FactLabel = Extract<ParseKeys, `diff.label.${string}`>;

/** A change of a member; absent when it does not differ. */
type Member<T> = Change<T> | null;

function line<T>(
  label: FactLabel,
  change: Member<T>,
  value: (of: T) => FactValue,
  seat?: number,
): FactLine[] {
  if (!change) return [];
  const side = (of: T | null) => (of === null ? null : value(of));
  return [{ label, seat, before: side(change.before), after: side(change.after) }];
}

const seats = (of: number[]): FactValue => ({ show: 'seats', seats: of });
const seat = (of: number): FactValue => seats([of]);
const flag = (of: boolean): FactValue => ({ show: 'flag', flag: of });
const number = (of: number): FactValue => ({ show: 'number', number: of });
const text = (of: string): FactValue => ({ show: 'text', text: of });
const code =
  (group: CodeGroup) =>
  (of: string): FactValue => ({ show: 'code', group, code: of });
const word = code('word');

/** The members of a fact that differ; what a reader wants to know first comes first. */
export function factLines(fact: Fact): FactLine[] {
  switch (fact.kind) {
    case 'rules':
      return [{ label: 'diff.label.rules', before: null, after: null }];
    case 'player':
      return line('diff.label.player', fact.player, text);
    case 'role':
      return [
        ...line('diff.label.role', fact.role, code('role')),
        ...line('diff.label.side', fact.side, word),
        ...line('diff.label.mark', fact.mark, word),
      ];
    case 'proposal':
      return [
        ...line('diff.label.leader', fact.leader, seat),
        ...line('diff.label.team', fact.team, seats),
        ...line('diff.label.excaliburTo', fact.excaliburTo, seat),
        ...line('diff.label.tally', fact.tally, (of): FactValue => ({ show: 'tally', ...of })),
        ...line('diff.label.voteResult', fact.result, word),
        ...(fact.votes.length === 0 ? line('diff.label.voted', fact.voted, seats) : []),
        ...fact.votes.flatMap((vote) => line('diff.label.vote', vote, word, vote.seat)),
      ];
    case 'quest':
      return [
        ...line('diff.label.team', fact.team, seats),
        ...line('diff.label.questResult', fact.result, word),
        ...line('diff.label.fails', fact.fails, number),
        ...line('diff.label.excalibur', fact.excalibur, seat),
        ...line('diff.label.decided', fact.decided, flag),
        ...line('diff.label.switched', fact.switched, seat),
        ...(fact.cards.length === 0 ? line('diff.label.played', fact.played, seats) : []),
        ...fact.cards.flatMap((card) => line('diff.label.card', card, word, card.seat)),
      ];
    case 'lady_use':
      return [
        ...line('diff.label.holder', fact.holder, seat),
        ...line('diff.label.target', fact.target, seat),
        ...line('diff.label.loyalty', fact.loyalty, word),
        ...line('diff.label.claim', fact.claim, word),
      ];
    case 'lady_holder':
      return line('diff.label.holder', fact.holder, seat);
    case 'loyalty':
      return line('diff.label.drawn', fact.card, word);
    case 'assassination':
      return [
        ...line('diff.label.assassin', fact.assassin, seat),
        ...line('diff.label.target', fact.target, seat),
      ];
    case 'winner':
      return [
        ...line('diff.label.winner', fact.winner, word),
        ...line('diff.label.reason', fact.reason, code('reason')),
      ];
    case 'score':
      return [
        ...line('diff.label.successes', fact.successes, number),
        ...line('diff.label.failures', fact.failures, number),
      ];
    case 'phase':
      return [
        ...line('diff.label.phase', fact.phase, code('gamePhase')),
        ...line('diff.label.quest', fact.quest, number),
        ...line('diff.label.attempt', fact.attempt, number),
      ];
    case 'leader':
      return line('diff.label.leader', fact.leader, seat);
    case 'vote_track':
      return line('diff.label.rejections', fact.rejections, number);
    case 'paused':
      return line('diff.label.paused', fact.paused, flag);
    case 'connection':
      return [
        ...line('diff.label.connected', fact.connected, flag),
        ...line('diff.label.bot', fact.bot, flag),
        ...line('diff.label.acknowledged', fact.acknowledged, flag),
      ];
  }
}
