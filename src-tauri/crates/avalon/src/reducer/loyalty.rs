//! The loyalty cards of the Lancelots.

use crate::event::{LoyaltyCard, LoyaltyCardDrawn};
use crate::reducer::rejection::Judge;
use crate::reducer::{Guard, Judged, claim};
use crate::role::Role;
use crate::sentence;
use crate::sentence::SentenceValue;
use crate::state::{GameState, LoyaltyDraw, Phase};

impl GameState {
    /// LoyaltyCardDrawn turns the card of a quest over, or tells again the card with which
    /// QuestStarted has turned it over. It may come just before or just after QuestStarted.
    pub(super) fn loyalty_drawn(
        &mut self,
        event: &LoyaltyCardDrawn,
        judge: &mut Judge<'_>,
    ) -> Judged {
        let opened = self.phase == Phase::TeamBuilding
            && self.current_quest().is_some_and(|quest| quest.proposals.is_empty());
        let quest = if opened { Some(self.quest) } else { self.next_quest() };
        let Some(quest) = quest else {
            return Err(self.wrong_phase("LoyaltyCardDrawn", judge));
        };
        judge.claim(Some(&event.q), &quest, Guard::QuestOrder, claim::quest)?;
        let after = self.clone_if(event.sides.is_some());
        if let (Some(mut after), Some(sides)) = (after, &event.sides) {
            after.turn_loyalty_card(
                quest,
                event.card,
                true,
                &mut Judge { seq: judge.seq, noted: Some(&mut Vec::new()) },
            )?;
            let holds = sides.iter().all(|(player, side)| {
                after.seat_of(player).and_then(|seat| after.side(seat)) == Some(*side)
            });
            judge.expect(holds, Guard::LoyaltySwitch, || {
                sentence!("the sides stored are not those after the card")
            })?;
        }
        self.turn_loyalty_card(quest, event.card, true, judge)
    }

    fn clone_if(&self, wanted: bool) -> Option<Self> {
        wanted.then(|| self.clone())
    }

    pub(super) fn turn_loyalty_card(
        &mut self,
        quest: u8,
        card: LoyaltyCard,
        announced: bool,
        judge: &mut Judge<'_>,
    ) -> Judged {
        let Some(lancelot) = &self.lancelot else {
            return Err(
                judge.refuse(Guard::Modules, sentence!("a loyalty card where none is drawn"))
            );
        };
        if let Some(draw) = lancelot.draws.iter().find(|draw| draw.quest == quest) {
            let (told, turned) = (draw.announced, draw.card);
            judge.require(!(told && announced), Guard::LoyaltySwitch, || {
                sentence!("the loyalty card of quest {quest} was turned over already", quest)
            })?;
            judge.claim(Some(&card), &turned, Guard::LoyaltyDeck, claim::loyalty_card)?;
            self.announce(quest, announced);
            return Ok(());
        }
        let due = self.profile.as_ref().is_some_and(|rules| rules.draws_loyalty_at(quest));
        judge.expect(due, Guard::LoyaltyDeck, || {
            sentence!("no card is drawn at quest {quest}", quest)
        })?;
        let top = lancelot.deck.as_ref().map(|deck| deck.get(lancelot.draws.len()).copied());
        judge.expect(top.is_none() || top == Some(Some(card)), Guard::LoyaltyDeck, || {
            sentence!(
                "the card is {card}, on top of the deck was {card_due}",
                card,
                card_due = SentenceValue::or(top.flatten(), sentence!("no card"))
            )
        })?;
        let card = top.flatten().unwrap_or(card);
        if let Some(lancelot) = &mut self.lancelot {
            lancelot.draws.push(LoyaltyDraw { quest, card, announced });
        }
        if card == LoyaltyCard::Switch {
            self.switch_lancelots();
        }
        Ok(())
    }

    fn announce(&mut self, quest: u8, announced: bool) {
        let draws = self.lancelot.iter_mut().flat_map(|lancelot| &mut lancelot.draws);
        for draw in draws.filter(|draw| draw.quest == quest) {
            draw.announced |= announced;
        }
    }

    fn switch_lancelots(&mut self) {
        for (role, side) in self.roles.iter().zip(&mut self.sides) {
            if matches!(role, Role::LancelotGood | Role::LancelotEvil) {
                *side = side.other();
            }
        }
    }
}
