//! The reducer: the finite-state machine of the game as a pure function of state and event. It
//! never panics, on whatever input, and a refused event leaves the state as it was.

mod claim;
mod ending;
mod lady;
mod loyalty;
mod mission;
mod overlay;
mod rejection;
mod replay;
mod setup;
mod team;

use crate::event::{Actor, Envelope, Event, EventClass};
use crate::sentence;
use crate::sentence::SentenceValue;
use crate::state::{GameState, Phase};

pub use rejection::{Guard, Rejection};
pub use replay::{Replay, fold};

use rejection::Judge;

type Judged = Result<(), Rejection>;

impl GameState {
    /// Applies the next event of the game's log.
    ///
    /// Going back to an earlier event (`GameRolledBack`) needs the log: see [`Replay`].
    ///
    /// # Errors
    /// Names the guard that the event violates; the state is then unchanged.
    pub fn apply(&mut self, envelope: &Envelope) -> Result<(), Rejection> {
        self.judge(envelope, &mut Judge { seq: envelope.seq, noted: None })
    }

    /// Applies an event of a log that may break rules: what breaks a rule and still leaves a
    /// sensible state is taken and added to `noted`. Derived values are those of the rules, not
    /// those stored.
    ///
    /// # Errors
    /// Names the guard when the event can't be taken at all; the state is then unchanged, and what
    /// was added to `noted` for this event stands too.
    pub fn apply_leniently(
        &mut self,
        envelope: &Envelope,
        noted: &mut Vec<Rejection>,
    ) -> Result<(), Rejection> {
        self.judge(envelope, &mut Judge { seq: envelope.seq, noted: Some(noted) })
    }

    fn judge(&mut self, envelope: &Envelope, judge: &mut Judge<'_>) -> Judged {
        self.judge_place(envelope, judge)?;
        self.judge_moment(envelope, judge)?;
        self.dispatch(envelope, judge)?;
        self.seq = envelope.seq;
        Ok(())
    }

    /// The event's place: its game, its number, its actor.
    fn judge_place(&self, envelope: &Envelope, judge: &mut Judge<'_>) -> Judged {
        let created = self.profile.is_some();
        judge.require(!created || envelope.game_id == self.game_id, Guard::SameGame, || {
            sentence!(
                "it belongs to game {game}, the log to {game_due}",
                game = &envelope.game_id,
                game_due = &self.game_id
            )
        })?;
        judge.expect(envelope.seq == self.seq.saturating_add(1), Guard::Sequence, || {
            sentence!(
                "its number is {seq}, the last was {seq_last}",
                seq = envelope.seq,
                seq_last = self.seq
            )
        })?;
        if let Some(Actor::Player(player)) = &envelope.actor
            && created
        {
            judge.expect(self.seat_of(player).is_some(), Guard::KnownPlayer, || {
                sentence!("the actor {player} does not sit at the table", player)
            })?;
        }
        Ok(())
    }

    /// Whether an event of this class may come now at all.
    fn judge_moment(&self, envelope: &Envelope, judge: &mut Judge<'_>) -> Judged {
        let event = &envelope.event;
        let Some(class) = event.class() else {
            let problem = match event {
                Event::Unrecognised(unknown) => unknown.problem.clone(),
                _ => String::new(),
            };
            return Err(judge.refuse(
                Guard::Schema,
                sentence!("{event}: {problem}", event = event.kind(), problem),
            ));
        };
        if class == EventClass::Room {
            let detail = sentence!("{event} belongs to the log of a room", event = event.kind());
            return Err(judge.refuse(Guard::SeatsFrozen, detail));
        }
        if self.profile.is_none() && !matches!(event, Event::GameCreated(_)) {
            let detail = sentence!("{event} before GameCreated", event = event.kind());
            return Err(judge.refuse(Guard::First, detail));
        }
        if class != EventClass::Rule {
            return Ok(());
        }
        judge.require(!self.phase.is_final(), Guard::Last, || {
            sentence!("{event} after the game was over", event = event.kind())
        })?;
        let aborted = matches!(event, Event::GameAborted(_));
        judge.expect(!self.overlay.paused || aborted, Guard::Paused, || {
            sentence!("{event} while the game is paused", event = event.kind())
        })?;
        if event.is_auto() {
            self.judge_deadline(envelope, judge)?;
        }
        if aborted || matches!(event, Event::GameEnded(_)) {
            return Ok(());
        }
        let guard =
            if self.vote_track >= crate::rules::ATTEMPTS { Guard::Hammer } else { Guard::NoLate };
        judge.require(self.ending_due().is_none(), guard, || {
            sentence!("{event} where only GameEnded may follow", event = event.kind())
        })
    }

    fn judge_deadline(&self, envelope: &Envelope, judge: &mut Judge<'_>) -> Judged {
        let Some(deadline) = self.deadline else {
            return Ok(());
        };
        judge.expect(envelope.ts >= deadline, Guard::Deadline, || {
            sentence!(
                "the server acted at {time}, the deadline is {time_due}",
                time = envelope.ts,
                time_due = deadline
            )
        })
    }

    fn dispatch(&mut self, envelope: &Envelope, judge: &mut Judge<'_>) -> Judged {
        match &envelope.event {
            Event::GameCreated(event) => self.created(envelope, event, judge),
            Event::RolesAssigned(event) => self.roles_assigned(event, judge),
            Event::RoleAcknowledged(event) => self.acknowledged(envelope, event, judge),
            Event::QuestStarted(event) => self.quest_started(event, judge),
            Event::TeamProposed(event) => self.proposed(envelope, event, judge),
            Event::TeamProposalRevised(event) => self.revised(envelope, event, judge),
            Event::TeamVoteCast(event) => self.vote_cast(envelope, event, judge),
            Event::TeamVoteClosed(event) => self.vote_closed(event, judge),
            Event::TeamForced(event) => self.forced(event, judge),
            Event::MissionCardPlayed(event) => self.card_played(envelope, event, judge),
            Event::ExcaliburUsed(event) => self.excalibur_used(envelope, event, judge),
            Event::MissionResolved(event) => self.resolved(event, judge),
            Event::LadyUsed(event) => self.lady_used(envelope, event, judge),
            Event::LadyDeclared(event) => self.lady_declared(envelope, event, judge),
            Event::LoyaltyCardDrawn(event) => self.loyalty_drawn(event, judge),
            Event::AssassinationStarted(event) => self.assassination_started(event, judge),
            Event::AssassinTargetNamed(event) => self.target_named(envelope, event, judge),
            Event::GameEnded(event) => self.ended(envelope, event, judge),
            Event::GameAborted(_) => {
                self.phase = Phase::Aborted;
                self.ended_at = Some(envelope.ts);
                self.deadline = None;
                Ok(())
            }
            _ => self.overlay_event(envelope, judge),
        }
    }

    /// The seat of a player who must sit at the table.
    fn seated(
        &self,
        player: &crate::id::PlayerId,
        guard: Guard,
        judge: &Judge<'_>,
    ) -> Result<crate::id::Seat, Rejection> {
        self.seat_of(player).ok_or_else(|| {
            judge.refuse(guard, sentence!("{player} does not sit at the table", player))
        })
    }

    fn wrong_phase(&self, event: &str, judge: &Judge<'_>) -> Rejection {
        let (phase, quest, attempt) = (self.phase, self.quest, self.attempt);
        judge.refuse(
            Guard::Phase,
            sentence!("{event} in {phase}({quest},{attempt})", event, phase, quest, attempt),
        )
    }
}

/// Who caused an event, as it is told.
fn acted(envelope: &Envelope) -> SentenceValue {
    SentenceValue::or(envelope.actor.as_ref(), sentence!("nobody"))
}

#[cfg(test)]
mod tests;
