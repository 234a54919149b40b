//! The assassination and the end.

use crate::event::{AssassinTargetNamed, AssassinationStarted, Envelope, GameEnded};
use crate::id::Seat;
use crate::profile::{AssassinActor, AssassinWhen};
use crate::reducer::rejection::Judge;
use crate::reducer::{Guard, Judged, Rejection, acted, claim};
use crate::role::Side;
use crate::rules::EndReason;
use crate::sentence;
use crate::state::{Assassination, GameState, Phase};

impl GameState {
    /// Whether the assassination may begin: after the third success it must, and where the
    /// profile says so it may at any time once the first quest has begun.
    #[must_use]
    pub fn assassination_may_start(&self) -> bool {
        if self.assassination.is_some() || self.ending_due().is_some() || !self.merlin_in_play() {
            return false;
        }
        let any_time =
            self.profile.as_ref().is_some_and(|rules| rules.assassin.when == AssassinWhen::AnyTime);
        match self.phase {
            Phase::Assassination => true,
            Phase::TeamBuilding
            | Phase::TeamVoting
            | Phase::Quest
            | Phase::Excalibur
            | Phase::Lady => any_time,
            Phase::Lobby | Phase::Dealt | Phase::Ended | Phase::Aborted => false,
        }
    }

    pub(super) fn assassination_started(
        &mut self,
        event: &AssassinationStarted,
        judge: &mut Judge<'_>,
    ) -> Judged {
        judge.require(self.assassination_may_start(), Guard::AssassinationWhen, || {
            sentence!("the assassination can't begin in {phase}", phase = self.phase)
        })?;
        let named = self.seated(&event.assassin_id, Guard::AssassinationActor, judge)?;
        let assassin = self.appointed(named, judge)?;
        judge.claim(Some(&named), &assassin, Guard::AssassinationActor, claim::assassin)?;
        let candidates = self.candidates_of(assassin);
        if let Some(stored) = &event.candidates {
            let others = stored
                .iter()
                .all(|player| self.seat_of(player).is_some_and(|seat| seat != assassin));
            judge.expect(others, Guard::AssassinationTarget, || {
                sentence!("a candidate is the assassin or does not sit at the table")
            })?;
        }
        self.assassination = Some(Assassination { assassin, candidates, target: None });
        self.phase = Phase::Assassination;
        self.deadline = event.deadline;
        Ok(())
    }

    /// Who shoots when `named` is named as the assassin: by the profile's rule, or whoever of the
    /// evil players is appointed.
    fn appointed(&self, named: Seat, judge: &mut Judge<'_>) -> Result<Seat, Rejection> {
        let rule = self.profile.as_ref().map(|rules| rules.assassin.actor);
        if rule != Some(AssassinActor::Appointed) {
            return Ok(self.assassin().unwrap_or(named));
        }
        let evil = self.side(named) == Some(Side::Evil);
        judge
            .expect(evil, Guard::AssassinationActor, || sentence!("a good player is appointed"))?;
        Ok(named)
    }

    pub(super) fn target_named(
        &mut self,
        envelope: &Envelope,
        event: &AssassinTargetNamed,
        judge: &mut Judge<'_>,
    ) -> Judged {
        let Some(shot) = self.assassination.as_ref().filter(|shot| shot.target.is_none()) else {
            return Err(
                judge.refuse(Guard::AssassinationOnce, sentence!("no assassination is going on"))
            );
        };
        let named = self.seated(&event.assassin_id, Guard::AssassinationActor, judge)?;
        judge.claim(Some(&named), &shot.assassin, Guard::AssassinationActor, claim::assassin)?;
        judge.expect(
            self.acts_for(envelope.actor.as_ref(), named, false),
            Guard::AssassinationActor,
            || sentence!("{actor} shot", actor = acted(envelope)),
        )?;
        let target = self.seated(&event.target_id, Guard::AssassinationTarget, judge)?;
        judge.expect(target != shot.assassin, Guard::AssassinationTarget, || {
            sentence!("the assassin shot himself")
        })?;
        let allowed = target == shot.assassin || shot.candidates.contains(&target);
        judge.expect(allowed, Guard::AssassinationTargetEvil, || {
            sentence!("the assassin knows that {player} is evil", player = &event.target_id)
        })?;
        if let Some(shot) = &mut self.assassination {
            shot.target = Some(target);
        }
        self.deadline = None;
        Ok(())
    }

    pub(super) fn ended(
        &mut self,
        envelope: &Envelope,
        event: &GameEnded,
        judge: &mut Judge<'_>,
    ) -> Judged {
        let due = self.ending_due();
        judge.expect(due.is_some(), Guard::Winner, || {
            sentence!("the game is not over in {phase}", phase = self.phase)
        })?;
        let reason = due.unwrap_or(event.reason);
        let winner = reason.winner();
        let shot = matches!(reason, EndReason::AssassinationHit | EndReason::AssassinationMiss);
        let guard = if shot { Guard::AssassinationResult } else { Guard::Winner };
        judge.claim(Some(&event.winner), &winner, guard, claim::winner)?;
        judge.claim(Some(&event.reason), &reason, Guard::Reason, claim::reason)?;
        judge.claim(event.successes.as_ref(), &self.successes, Guard::Score, claim::successes)?;
        judge.claim(event.failures.as_ref(), &self.failures, Guard::Score, claim::failures)?;
        if let Some(shown) = &event.roles {
            let same = shown.len() == self.roles.len()
                && self
                    .seats
                    .iter()
                    .zip(&self.roles)
                    .all(|(player, role)| shown.get(player) == Some(role));
            judge.expect(same, Guard::RolesImmutable, || {
                sentence!("the roles shown are not those dealt")
            })?;
        }
        self.phase = Phase::Ended;
        self.winner = Some(winner);
        self.reason = Some(reason);
        self.ended_at = Some(envelope.ts);
        self.deadline = None;
        Ok(())
    }
}
