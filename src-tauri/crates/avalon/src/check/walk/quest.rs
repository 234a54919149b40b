//! QuestStarted, the leader's rotation and the loyalty cards.

use crate::event::{Event, LoyaltyCard, LoyaltyCardDrawn, QuestStarted, SeatRef};
use crate::invariant::{
    configuration::{self, C_MODULES, C_QUESTS},
    import::I_DIRECTION,
    leader::{L_AFTER_QUEST, L_ROTATION},
    mission::M_ORDER,
    modules::{self, LK_TIMING, LN_DECK},
    proposal::P_ATTEMPT,
};
use crate::rules::{self, QUESTS};
use crate::sentence;

use super::{Act, At, Phase, Walk};

/// The loyalty cards so far.
#[derive(Debug, Default)]
pub(super) struct Loyalty {
    /// The quest whose card was applied last, and the card.
    applied: Option<(u8, LoyaltyCard)>,
    /// Cards drawn so far: blank, switch.
    drawn: (u8, u8),
    /// The quest for which a missing card was reported.
    missed: u8,
}

impl<'a> Walk<'a> {
    /// Who is to lead the next proposal.
    pub(super) fn expected_leader(&self) -> Option<u8> {
        let first = self.deal.as_ref()?.first_leader?;
        Some(rules::leader(first, self.closed, self.table?.n()))
    }

    /// L-ROTATION, and L-AFTER-QUEST at the begin of a later quest.
    pub(super) fn judge_leader(&mut self, at: At<'a>, named: &SeatRef, steps: u32, opening: bool) {
        let (Some(table), Some(leader)) = (self.table, self.expected_leader()) else {
            return;
        };
        if self.out.has(&I_DIRECTION) {
            return;
        }
        let expected = rules::clockwise(leader, steps, table.n());
        let seat = table.resolve(named);
        if seat == Some(expected) {
            return;
        }
        // A shift that lasts is one defect, told where it begins.
        let n = u16::from(table.n());
        let shift = seat.map_or(u16::MAX, |seat| (u16::from(seat) + n - u16::from(expected)) % n);
        if shift == self.leader_shift {
            return;
        }
        self.leader_shift = shift;
        let named =
            seat.map_or_else(|| sentence!("no seat"), |seat| sentence!("seat {seat}", seat));
        let detail = sentence!(
            "{leader} is named leader, it is {seat}'s turn",
            leader = named,
            seat = sentence!("seat {seat}", seat = expected)
        );
        if opening && self.quest > 1 {
            self.out.report(&L_AFTER_QUEST, at.seq, detail.clone());
        }
        self.out.report(&L_ROTATION, at.seq, detail);
    }

    /// I-DIRECTION: leaders that run anticlockwise throughout come from a source whose seats were
    /// not turned round on import.
    pub(super) fn judge_direction(&mut self) {
        let mut leaders = Vec::new();
        let mut seats = None;
        for entry in self.log {
            match (&entry.envelope.event, &seats) {
                (Event::GameCreated(event), None) => seats = Some(&event.seats),
                (Event::TeamProposed(event), Some(seats)) => {
                    let seat = match &event.leader {
                        SeatRef::Seat(seat) => Some(usize::from(*seat)),
                        SeatRef::Player(player) => seats.iter().position(|seat| seat == player),
                    };
                    leaders.extend(seat);
                }
                _ => {}
            }
        }
        let n = seats.map_or(0, Vec::len);
        let backwards = |pair: &[usize]| matches!(pair, [a, b] if n > 2 && (b + 1) % n == *a % n);
        if leaders.len() > 3 && leaders.windows(2).all(backwards) {
            self.out.push(
                I_DIRECTION.finding(None, sentence!("the leader moves anticlockwise throughout")),
            );
        }
    }

    pub(super) fn quest_started(&mut self, at: At<'a>, event: &'a QuestStarted) {
        let Some(table) = self.table else { return };
        if self.too_late(at, Act::NextQuest) {
            return;
        }
        match self.phase {
            Phase::Dealt | Phase::Resolved => {}
            Phase::Lady => {
                let detail = sentence!(
                    "the Lady of the Lake was not used after quest {quest}",
                    quest = self.quest
                );
                self.out.report(&LK_TIMING, at.seq, detail);
            }
            _ => self.illegal(at),
        }
        if !(1..=QUESTS).contains(&event.q) {
            self.out.report(
                &C_QUESTS,
                at.seq,
                sentence!("there is no quest {quest}", quest = event.q),
            );
        }
        let expected = self.successes + self.failures + 1;
        if event.q != expected {
            let detail = sentence!(
                "quest {quest} begins, quest {quest_due} is next",
                quest = event.q,
                quest_due = expected
            );
            self.out.report(&M_ORDER, at.seq, detail);
        }
        // Follows the results, not the number: a wrong number is one defect.
        self.quest = expected;
        self.attempt = 1;
        self.track = 0;
        self.proposal = None;
        self.mission = None;
        self.phase = Phase::Building;
        if let Some(attempt) = event.attempt.filter(|attempt| *attempt != 1) {
            let detail = sentence!("a quest begins with attempt 1, not {attempt}", attempt);
            self.out.report(&P_ATTEMPT, at.seq, detail);
        }
        self.judge_leader(at, &event.leader_seat, 0, true);
        let size = table.team_size(self.quest);
        configuration::judge_team_size(at.seq, event.q, event.team_size, size, &mut self.out);
        let needed = table.fails_needed(self.quest);
        let stored = event.fails_needed;
        configuration::judge_fails_needed(at.seq, event.q, stored, needed, false, &mut self.out);
        self.overlay.deadline = event.deadline;
        if let Some(card) = event.loyalty_card {
            self.apply_loyalty(at, self.quest, card);
        }
    }

    pub(super) fn loyalty_card_drawn(&mut self, at: At<'a>, event: &'a LoyaltyCardDrawn) {
        let next = self.successes + self.failures + 1;
        let opening = matches!(self.phase, Phase::Dealt | Phase::Resolved | Phase::Lady);
        let building = self.phase == Phase::Building && self.attempt == 1;
        if !opening && !building {
            self.illegal(at);
        }
        if event.q != next {
            let detail = sentence!(
                "a loyalty card for quest {quest}, quest {quest_due} is next",
                quest = event.q,
                quest_due = next
            );
            self.out.report(&LN_DECK, at.seq, detail);
        }
        self.apply_loyalty(at, next, event.card);
        if let (Some(sides), Some(table), Some(deal)) = (&event.sides, self.table, &self.deal) {
            modules::judge_sides(at.seq, &table, deal, sides, &mut self.out);
        }
    }

    /// Takes the card of a quest, once, and switches the Lancelots by it.
    fn apply_loyalty(&mut self, at: At<'a>, quest: u8, card: LoyaltyCard) {
        let Some(table) = self.table else { return };
        if !table.rules.draws_loyalty() {
            self.out.report_once(
                &C_MODULES,
                at.seq,
                sentence!("a loyalty card, but no deck is in play"),
            );
            return;
        }
        if let Some((_, first)) = self.loyalty.applied.filter(|(for_quest, _)| *for_quest == quest)
        {
            if first != card {
                let detail = sentence!("two different loyalty cards for quest {quest}", quest);
                self.out.report(&LN_DECK, at.seq, detail);
            }
            return;
        }
        if !table.rules.draws_loyalty_at(quest) {
            let detail = sentence!("no loyalty card is drawn at quest {quest}", quest);
            self.out.report(&LN_DECK, at.seq, detail);
            return;
        }
        self.loyalty.applied = Some((quest, card));
        let drawn = &mut self.loyalty.drawn;
        match card {
            LoyaltyCard::Blank => drawn.0 += 1,
            LoyaltyCard::Switch => drawn.1 += 1,
        }
        let deck = self.deal.as_ref().and_then(|deal| deal.loyalty_deck);
        let place = quest - table.rules.lancelot.first_quest.min(quest);
        modules::judge_draw(at.seq, &table, deck, (place, card), *drawn, &mut self.out);
        if card == LoyaltyCard::Switch
            && let Some(deal) = &mut self.deal
        {
            deal.switch_lancelots();
        }
    }

    /// LN-DECK: the quest's loyalty card was drawn before its first team was named.
    pub(super) fn judge_loyalty_drawn(&mut self, at: At<'a>) {
        let Some(table) = self.table else { return };
        let quest = self.quest;
        let drawn = self.loyalty.applied.is_some_and(|(for_quest, _)| for_quest == quest);
        if !drawn && table.rules.draws_loyalty_at(quest) && self.loyalty.missed != quest {
            self.loyalty.missed = quest;
            let detail = sentence!("no loyalty card was drawn at quest {quest}", quest);
            self.out.report(&LN_DECK, at.seq, detail);
        }
    }
}
