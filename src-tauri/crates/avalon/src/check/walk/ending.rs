//! The assassination and the end of the game.

use crate::event::{AssassinTargetNamed, AssassinationStarted, Event, GameEnded};
use crate::invariant::{
    assassination::{
        self, A_ACTOR, A_NONE, A_REQUIRED, A_TARGET_EVIL, A_TARGET_PLAYER, A_WHEN, W_ABORT,
        W_PROVISIONAL, W_RESULT,
    },
    connection::D_AUTO_SAFE,
    roles as role_rules,
    vote::V_TRACK_MAX,
};
use crate::profile::{AssassinTargets, AssassinWhen};
use crate::role::{Role, Side};
use crate::rules::{self, EndReason};
use crate::sentence;
use crate::sentence::Sentence;

use super::{At, Phase, Walk};

impl<'a> Walk<'a> {
    fn merlin_in_play(&self) -> bool {
        match (&self.deal, self.table) {
            (Some(deal), _) => deal.holder(Role::Merlin).is_some(),
            (None, Some(table)) => table.rules.has(Role::Merlin),
            (None, None) => false,
        }
    }

    fn any_time(&self) -> bool {
        self.table.is_some_and(|table| table.rules.assassin.when == AssassinWhen::AnyTime)
    }

    /// Why there may be no assassination at all; none when there may be one, now or later.
    fn never(&self) -> Option<Sentence> {
        if !self.merlin_in_play() {
            return Some(sentence!("without a Merlin"));
        }
        match self.phase {
            Phase::Decided(EndReason::ThreeFails) => Some(sentence!("after three failed quests")),
            Phase::Decided(EndReason::FiveRejections) => Some(sentence!("after five rejections")),
            _ => None,
        }
    }

    /// Who is the assassin by the profile.
    fn assassin(&self) -> Option<u8> {
        let (table, deal) = (self.table?, self.deal.as_ref()?);
        let roles: Option<Vec<Role>> = deal.roles.iter().copied().collect();
        rules::assassin_seat(&roles?, table.rules)
    }

    /// A-ACTOR for the player who is named as the assassin.
    fn judge_assassin(&mut self, at: At<'a>, named: &crate::id::PlayerId) {
        let Some(seat) = self.known(at.seq, named, || sentence!("the assassin")) else {
            return;
        };
        let wrong = match self.assassin() {
            Some(assassin) => seat != assassin,
            None => self
                .deal
                .as_ref()
                .and_then(|deal| deal.side(seat))
                .is_some_and(|side| side == Side::Good),
        };
        if wrong {
            self.out.report(
                &A_ACTOR,
                at.seq,
                sentence!("{player} is not the assassin", player = named),
            );
        }
    }

    pub(super) fn assassination_started(&mut self, at: At<'a>, event: &'a AssassinationStarted) {
        if self.table.is_none() {
            return;
        }
        self.assassination_seen = true;
        if let Some(never) = self.never() {
            let detail = sentence!("an assassination {when}", when = never);
            self.out.report(&A_NONE, at.seq, detail.clone());
            self.out.report(&A_WHEN, at.seq, detail);
            return;
        }
        let early = matches!(
            self.phase,
            Phase::Building
                | Phase::Voting
                | Phase::Forcing
                | Phase::Questing
                | Phase::Resolved
                | Phase::Lady
        );
        if self.phase != Phase::ShotDue && !(early && self.any_time()) {
            let detail = sentence!("the assassination begins {when}", when = self.phase.describe());
            self.out.report(&A_WHEN, at.seq, detail);
            if early {
                // The game goes on as if the assassination had not begun, and may as well.
                return;
            }
        }
        self.judge_assassin(at, &event.assassin_id);
        for candidate in event.candidates.iter().flatten() {
            self.known(at.seq, candidate, || sentence!("the candidate"));
            if *candidate == event.assassin_id {
                let detail = sentence!("the assassin is among the candidates");
                self.out.report(&A_TARGET_PLAYER, at.seq, detail);
            }
        }
        self.overlay.deadline = event.deadline;
        if !matches!(self.phase, Phase::Decided(_)) {
            self.phase = Phase::Assassination;
        }
    }

    pub(super) fn target_named(&mut self, at: At<'a>, event: &'a AssassinTargetNamed) {
        if self.table.is_none() {
            return;
        }
        let auto = at.entry.envelope.payload_extra.as_ref().and_then(|extra| extra.get("auto"));
        if auto.is_some_and(|auto| auto.as_bool() == Some(true)) {
            self.out.report(
                &D_AUTO_SAFE,
                at.seq,
                sentence!("the server named the assassin's target"),
            );
        }
        match self.phase {
            Phase::Assassination => {}
            Phase::ShotDue => {
                self.out.report(
                    &A_WHEN,
                    at.seq,
                    sentence!("a target is named before the assassination began"),
                );
            }
            _ if self.shot.is_some() => {
                self.out.report(&A_REQUIRED, at.seq, sentence!("a second target is named"));
                return;
            }
            _ => {
                match self.never() {
                    Some(never) => {
                        self.out.report(
                            &A_NONE,
                            at.seq,
                            sentence!("a target is named {when}", when = never),
                        );
                    }
                    None => {
                        self.out.report(&A_WHEN, at.seq, sentence!("a target is named too early"))
                    }
                }
                return;
            }
        }
        self.judge_assassin(at, &event.assassin_id);
        let actor = at.entry.envelope.actor.as_ref();
        if actor.and_then(|actor| actor.player()).is_some_and(|actor| *actor != event.assassin_id) {
            self.out.report(
                &A_ACTOR,
                at.seq,
                sentence!("the target was named by another than the assassin"),
            );
        }
        let target = self.judge_target(at, event);
        self.shot = Some((target, at.seq));
        let hit = match (&self.deal, target) {
            (Some(deal), Some(seat)) => deal.role(seat) == Some(Role::Merlin),
            (Some(_), None) => false,
            // Without the roles the end of the log alone tells.
            (None, _) => self.rules_after(at).any(|event| {
                matches!(event, Event::GameEnded(end) if end.reason == EndReason::AssassinationHit)
            }),
        };
        self.phase = Phase::Decided(if hit {
            EndReason::AssassinationHit
        } else {
            EndReason::AssassinationMiss
        });
    }

    fn judge_target(&mut self, at: At<'a>, event: &AssassinTargetNamed) -> Option<u8> {
        let table = self.table?;
        let target = self.known(at.seq, &event.target_id, || sentence!("the target"));
        if target.is_none() || event.target_id == event.assassin_id {
            let detail = sentence!(
                "{player} is no player other than the assassin",
                player = &event.target_id
            );
            self.out.report(&A_TARGET_PLAYER, at.seq, detail);
        }
        let deal = self.deal.as_ref()?;
        let role = |seat: Option<u8>| seat.and_then(|seat| deal.role(seat));
        let (shooter, shot) = (role(table.seat(&event.assassin_id)), role(target));
        let known_evil = matches!((shooter, shot), (Some(shooter), Some(shot))
            if rules::mark(shooter, shot, table.rules.lancelot.variant) == Some(rules::Mark::Evil));
        let judged = table.rules.assassin.targets == AssassinTargets::NotKnownEvil;
        if judged && known_evil && event.target_id != event.assassin_id {
            let detail =
                sentence!("the assassin knows that {player} is evil", player = &event.target_id);
            self.out.report(&A_TARGET_EVIL, at.seq, detail);
        }
        target
    }

    pub(super) fn game_ended(&mut self, at: At<'a>, event: &'a GameEnded) {
        let Some(table) = self.table else {
            self.phase = Phase::Ended;
            return;
        };
        let due = match self.phase {
            Phase::Decided(reason) => Some(reason),
            Phase::ShotDue | Phase::Assassination => {
                self.judge_shot_missing(at);
                None
            }
            _ => {
                let detail = sentence!("the game ends {when}", when = self.phase.describe());
                self.out.report(&W_RESULT, at.seq, detail);
                if event.reason == EndReason::FiveRejections && self.track < rules::ATTEMPTS {
                    let detail = sentence!(
                        "{count} rejection(s) in this quest, not five",
                        count = self.track
                    );
                    self.out.report(&V_TRACK_MAX, at.seq, detail);
                }
                None
            }
        };
        if let Some(due) = due {
            assassination::judge_end(at.seq, event, due, &mut self.out);
        }
        self.judge_stored_score(at, event.successes, event.failures);
        if let Some(revealed) = &event.roles {
            for player in revealed.keys() {
                self.known(at.seq, player, || sentence!("a revealed role's player"));
            }
            if let Some(deal) = &self.deal {
                role_rules::judge_revealed(at.seq, &table, &deal.roles, revealed, &mut self.out);
            }
        }
        self.end = due.map(|reason| (reason, true));
        self.phase = Phase::Ended;
    }

    /// A-REQUIRED, A-WHEN and W-PROVISIONAL: the game ends while Merlin is still to be sought.
    fn judge_shot_missing(&mut self, at: At<'a>) {
        if self.phase == Phase::ShotDue {
            let detail = sentence!("three successes and a Merlin, but no assassination begins");
            self.out.report_once(&A_WHEN, at.seq, detail);
        } else {
            let detail = sentence!("a winner is named during the assassination");
            self.out.report(&W_PROVISIONAL, at.seq, detail);
        }
        self.out.report(&A_REQUIRED, at.seq, sentence!("the assassin named no target"));
    }

    pub(super) fn game_aborted(&mut self, at: At<'a>) {
        let extra = at.entry.envelope.payload_extra.as_ref();
        if extra.is_some_and(|extra| extra.get("winner").is_some_and(|winner| !winner.is_null())) {
            self.out.report(&W_ABORT, at.seq, sentence!("an aborted game names a winner"));
        }
        self.end = None;
        self.phase = Phase::Aborted;
    }
}
