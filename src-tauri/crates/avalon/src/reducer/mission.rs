//! The cards of a quest and what they come to.

use crate::event::{
    Card, Envelope, ExcaliburUsed, MissionCardPlayed, MissionResolved, QuestResult,
};
use crate::id::Seat;
use crate::reducer::rejection::Judge;
use crate::reducer::team::same_team;
use crate::reducer::{Guard, Judged, acted, claim};
use crate::role::Side;
use crate::rules;
use crate::sentence;
use crate::sentence::SentenceValue;
use crate::state::{GameState, Phase, PlayedCard, Quest};

impl GameState {
    /// The quest that is being played: its team is known and it is not resolved.
    fn quest_in_play(&self) -> Option<&Quest> {
        if !matches!(self.phase, Phase::Quest | Phase::Excalibur) {
            return None;
        }
        self.current_quest().filter(|quest| quest.result.is_none() && !quest.team.is_empty())
    }

    pub(super) fn card_played(
        &mut self,
        envelope: &Envelope,
        event: &MissionCardPlayed,
        judge: &mut Judge<'_>,
    ) -> Judged {
        let Some(quest) = self.quest_in_play() else {
            return Err(self.wrong_phase("MissionCardPlayed", judge));
        };
        let seat = self.seated(&event.player_id, Guard::CardsComplete, judge)?;
        judge.require(quest.team.contains(&seat), Guard::CardsComplete, || {
            sentence!("{player} is not on the team", player = &event.player_id)
        })?;
        let played = quest.cards.iter().any(|card| card.seat == seat);
        judge.require(!played, Guard::CardOnce, || {
            sentence!("{player} has played a card already", player = &event.player_id)
        })?;
        judge.claim(Some(&event.q), &self.quest, Guard::QuestOrder, claim::quest)?;
        let auto = event.auto == Some(true);
        judge.expect(
            self.acts_for(envelope.actor.as_ref(), seat, auto),
            Guard::CardsComplete,
            || {
                sentence!(
                    "{actor} played for {player}",
                    actor = acted(envelope),
                    player = &event.player_id
                )
            },
        )?;
        self.judge_card(seat, event, judge)?;
        let card = PlayedCard { seat, card: event.card };
        if let Some(quest) = self.current_quest_mut() {
            quest.cards.push(card);
            let complete = quest.cards.len() == quest.team.len();
            if complete && quest.excalibur.is_some() {
                self.phase = Phase::Excalibur;
            }
        }
        Ok(())
    }

    fn judge_card(&self, seat: Seat, event: &MissionCardPlayed, judge: &mut Judge<'_>) -> Judged {
        let fail = event.card == Card::Fail;
        let good = self.side(seat) == Some(Side::Good);
        judge.expect(!(good && fail), Guard::GoodSuccess, || {
            sentence!("{player} is good and played Fail", player = &event.player_id)
        })?;
        let must_fail = self.must_fail(seat);
        judge.expect(!must_fail || fail, Guard::LancelotFails, || {
            sentence!("{player} is the evil Lancelot and played Success", player = &event.player_id)
        })?;
        judge.expect(!(fail && event.auto == Some(true)), Guard::AutoSafe, || {
            sentence!("the server played Fail")
        })
    }

    /// Whether the player at `seat` has no choice but Fail: the evil Lancelot of variant 2.
    #[must_use]
    pub fn must_fail(&self, seat: Seat) -> bool {
        self.profile.as_ref().is_some_and(|rules| rules.lancelot.variant == 2)
            && self.role(seat).is_some_and(crate::role::Role::is_lancelot)
            && self.side(seat) == Some(Side::Evil)
    }

    pub(super) fn excalibur_used(
        &mut self,
        envelope: &Envelope,
        event: &ExcaliburUsed,
        judge: &mut Judge<'_>,
    ) -> Judged {
        let sword = self.quest_in_play().and_then(|quest| quest.excalibur);
        let Some(sword) = sword.filter(|sword| self.phase == Phase::Excalibur && !sword.decided)
        else {
            return Err(judge.refuse(Guard::ExcaliburUse, sentence!("Excalibur can't be used now")));
        };
        judge.claim(Some(&event.q), &self.quest, Guard::QuestOrder, claim::quest)?;
        let holder = self.seated(&event.holder, Guard::KnownPlayer, judge)?;
        judge.claim(Some(&holder), &sword.holder, Guard::ExcaliburHolder, claim::holder)?;
        let auto = event.auto == Some(true);
        judge.expect(
            self.acts_for(envelope.actor.as_ref(), holder, auto),
            Guard::ExcaliburHolder,
            || {
                sentence!(
                    "{actor} used Excalibur for {player}",
                    actor = acted(envelope),
                    player = &event.holder
                )
            },
        )?;
        let target = match &event.target {
            None => None,
            Some(target) => Some(self.seated(target, Guard::KnownPlayer, judge)?),
        };
        let played = target.and_then(|target| {
            let quest = self.current_quest()?;
            quest.cards.iter().find(|card| card.seat == target).map(|card| card.card)
        });
        let other = target.is_none_or(|target| target != sword.holder && played.is_some());
        judge.require(other, Guard::ExcaliburUse, || {
            let named = SentenceValue::or(event.target.as_ref(), sentence!("nobody"));
            sentence!("{player} is the holder or not on the team", player = named)
        })?;
        judge.expect(
            event.card.is_none() || event.card == played,
            Guard::ExcaliburEffect,
            || {
                let told = |card: Option<Card>| SentenceValue::or(card, sentence!("no card"));
                sentence!(
                    "the card shown is {card}, played was {card_due}",
                    card = told(event.card),
                    card_due = told(played)
                )
            },
        )?;
        if let Some(sword) = self.current_quest_mut().and_then(|quest| quest.excalibur.as_mut()) {
            sword.decided = true;
            sword.target = target;
        }
        Ok(())
    }

    pub(super) fn resolved(&mut self, event: &MissionResolved, judge: &mut Judge<'_>) -> Judged {
        let Some(quest) = self.quest_in_play() else {
            return Err(self.wrong_phase("MissionResolved", judge));
        };
        judge.claim(Some(&event.q), &self.quest, Guard::QuestOrder, claim::quest)?;
        let complete = quest.cards.len() == quest.team.len();
        judge.expect(complete, Guard::CardsComplete, || {
            sentence!(
                "{count} cards of {count_due}",
                count = quest.cards.len(),
                count_due = quest.team.len()
            )
        })?;
        if let Some(team) = &event.team {
            let seats: Vec<Seat> = team.iter().filter_map(|player| self.seat_of(player)).collect();
            let same = seats.len() == team.len() && same_team(&seats, &quest.team);
            judge.expect(same, Guard::QuestTeam, || {
                sentence!("the team is not the one that was approved")
            })?;
        }
        let fails = if complete { quest.effective_fails() } else { event.fails };
        self.judge_fails(quest, event, complete, judge)?;
        judge.claim(
            event.fails_needed.as_ref(),
            &quest.fails_needed,
            Guard::FailsTable,
            claim::fails_needed,
        )?;
        let failed = fails >= quest.fails_needed;
        let result = if failed { QuestResult::Fail } else { QuestResult::Success };
        judge.claim(Some(&event.result), &result, Guard::QuestOutcome, claim::result)?;
        let successes = self.successes + u8::from(!failed);
        let failures = self.failures + u8::from(failed);
        judge.claim(event.successes.as_ref(), &successes, Guard::Score, claim::successes)?;
        judge.claim(event.failures.as_ref(), &failures, Guard::Score, claim::failures)?;

        if let Some(quest) = self.current_quest_mut() {
            quest.fails = Some(fails);
            quest.result = Some(result);
        }
        self.successes = successes;
        self.failures = failures;
        self.vote_track = 0;
        let first = self.first_leader.unwrap_or(0);
        self.leader = Some(rules::leader(first, self.proposals_closed, self.players()));
        self.deadline = None;
        self.phase = self.phase_after_quest();
        Ok(())
    }

    fn judge_fails(
        &self,
        quest: &Quest,
        event: &MissionResolved,
        complete: bool,
        judge: &mut Judge<'_>,
    ) -> Judged {
        if complete {
            let fails = quest.effective_fails();
            judge.claim(Some(&event.fails), &fails, Guard::FailCount, claim::fails)?;
        }
        judge.expect(usize::from(event.fails) <= quest.team.len(), Guard::FailsRange, || {
            sentence!(
                "{fails} fails of {count} cards",
                fails = event.fails,
                count = quest.team.len()
            )
        })?;
        let switched = quest.excalibur.is_some_and(|sword| sword.target.is_some());
        let evil = quest.team.iter().filter(|seat| self.side(**seat) == Some(Side::Evil)).count();
        judge.expect(switched || usize::from(event.fails) <= evil, Guard::FailsByEvil, || {
            sentence!("{fails} fails by {count} evil", fails = event.fails, count = evil)
        })
    }

    fn phase_after_quest(&self) -> Phase {
        if self.ending_due().is_some() {
            return Phase::Quest;
        }
        if self.successes >= rules::MAJORITY_OF_QUESTS {
            return Phase::Assassination;
        }
        let lady = self
            .profile
            .as_ref()
            .is_some_and(|rules| rules.lady.on && rules.lady.after_quests.contains(&self.quest));
        let anybody_left =
            self.lady.as_ref().is_some_and(|lady| lady.holders.len() < self.seats.len());
        if lady && anybody_left { Phase::Lady } else { Phase::Quest }
    }
}
