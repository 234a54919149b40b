//! The Lady of the Lake.

use crate::event::{Envelope, LadyDeclared, LadyUsed};
use crate::reducer::rejection::Judge;
use crate::reducer::{Guard, Judged, acted, claim};
use crate::sentence;
use crate::state::{GameState, LadyUse, Phase};

impl GameState {
    pub(super) fn lady_used(
        &mut self,
        envelope: &Envelope,
        event: &LadyUsed,
        judge: &mut Judge<'_>,
    ) -> Judged {
        let Some(lady) = self.lady.as_ref().filter(|_| self.lady_due()) else {
            return Err(judge
                .refuse(Guard::LadyTiming, sentence!("the Lady of the Lake can't be used now")));
        };
        judge.claim(Some(&event.q), &self.quest, Guard::LadyTiming, claim::quest)?;
        let holder = self.seated(&event.holder, Guard::KnownPlayer, judge)?;
        judge.claim(Some(&holder), &lady.holder, Guard::LadyHolder, claim::holder)?;
        let auto = event.auto == Some(true);
        judge.expect(
            self.acts_for(envelope.actor.as_ref(), holder, auto),
            Guard::LadyHolder,
            || {
                sentence!(
                    "{actor} used the Lady for {player}",
                    actor = acted(envelope),
                    player = &event.holder
                )
            },
        )?;
        let target = self.seated(&event.target, Guard::KnownPlayer, judge)?;
        let fresh = !lady.holders.contains(&target) && target != holder;
        judge.expect(fresh, Guard::LadyTarget, || {
            sentence!("{player} has held the token", player = &event.target)
        })?;
        let side = self.side(target).unwrap_or(event.loyalty);
        judge.claim(Some(&event.loyalty), &side, Guard::LadyTruth, claim::loyalty)?;
        let quest = self.quest;
        if let Some(lady) = &mut self.lady {
            lady.uses.push(LadyUse { quest, holder, target, loyalty: side, claim: None });
            lady.holder = target;
            lady.holders.push(target);
        }
        self.deadline = None;
        Ok(())
    }

    pub(super) fn lady_declared(
        &mut self,
        envelope: &Envelope,
        event: &LadyDeclared,
        judge: &mut Judge<'_>,
    ) -> Judged {
        let last = self.lady.as_ref().and_then(|lady| lady.uses.last()).copied();
        let due = |last: &LadyUse| {
            self.phase == Phase::Lady && last.quest == self.quest && last.claim.is_none()
        };
        let Some(last) = last.filter(due) else {
            return Err(
                judge.refuse(Guard::LadyTiming, sentence!("nothing is to be said about the Lady"))
            );
        };
        judge.claim(Some(&event.q), &self.quest, Guard::LadyTiming, claim::quest)?;
        let holder = self.seated(&event.holder, Guard::KnownPlayer, judge)?;
        judge.claim(Some(&holder), &last.holder, Guard::LadyHolder, claim::holder)?;
        judge.expect(
            self.acts_for(envelope.actor.as_ref(), holder, false),
            Guard::LadyHolder,
            || {
                sentence!(
                    "{actor} spoke for {player}",
                    actor = acted(envelope),
                    player = &event.holder
                )
            },
        )?;
        if let Some(target) = &event.target {
            let target = self.seated(target, Guard::KnownPlayer, judge)?;
            judge.claim(Some(&target), &last.target, Guard::LadyTarget, claim::target)?;
        }
        if let Some(last) = self.lady.as_mut().and_then(|lady| lady.uses.last_mut()) {
            last.claim = Some(event.claim);
        }
        Ok(())
    }
}
