//! Replaying a log, rollbacks included.

use crate::event::{Envelope, Event};
use crate::reducer::rejection::Judge;
use crate::reducer::{Guard, Rejection};
use crate::sentence;
use crate::state::GameState;

/// Folds a log event by event. It keeps references to the events, so that a rollback can go back:
/// the state becomes that after event `toSeq`, what followed stays in the log and no longer counts,
/// and the numbers go on.
#[derive(Debug, Default)]
pub struct Replay<'a> {
    state: GameState,
    log: Vec<Step<'a>>,
    noted: Option<Vec<Rejection>>,
}

/// An accepted event, and the one after which it happened on its branch.
#[derive(Debug)]
struct Step<'a> {
    envelope: &'a Envelope,
    parent: Option<usize>,
}

impl<'a> Replay<'a> {
    /// A strict replay: an event that breaks any rule is refused.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A lenient replay: see [`GameState::apply_leniently`].
    #[must_use]
    pub fn lenient() -> Self {
        Self { noted: Some(Vec::new()), ..Self::default() }
    }

    /// Applies the next event of the log.
    ///
    /// # Errors
    /// Names the guard that the event violates; the state is then unchanged.
    pub fn push(&mut self, envelope: &'a Envelope) -> Result<(), Rejection> {
        if let Some(target) = self.reset_target(envelope)? {
            self.go_back(target, envelope);
            return Ok(());
        }
        self.apply(envelope)?;
        let parent = self.log.len().checked_sub(1);
        self.log.push(Step { envelope, parent });
        Ok(())
    }

    /// The state after the last accepted event.
    #[must_use]
    pub const fn state(&self) -> &GameState {
        &self.state
    }

    /// The state after the last accepted event.
    #[must_use]
    pub fn into_state(self) -> GameState {
        self.state
    }

    /// What a lenient replay has noted so far, taken out.
    pub fn take_noted(&mut self) -> Vec<Rejection> {
        self.noted.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// The events that count: without those that a rollback superseded, in order.
    #[must_use]
    pub fn active(&self) -> Vec<&'a Envelope> {
        let mut events = Vec::new();
        let mut at = self.log.len().checked_sub(1);
        while let Some(step) = at.and_then(|at| self.log.get(at)) {
            events.push(step.envelope);
            at = step.parent;
        }
        events.reverse();
        events
    }

    fn apply(&mut self, envelope: &Envelope) -> Result<(), Rejection> {
        match &mut self.noted {
            None => self.state.apply(envelope),
            Some(noted) => self.state.apply_leniently(envelope, noted),
        }
    }

    /// The index of the event that a rollback goes back to; none when this is no rollback.
    fn reset_target(&mut self, envelope: &Envelope) -> Result<Option<usize>, Rejection> {
        let (Event::GameRolledBack(event) | Event::GameRestored(event)) = &envelope.event else {
            return Ok(None);
        };
        let Some(to) = event.to_seq.filter(|to| *to != self.state.seq) else {
            return Ok(None);
        };
        let mut judge = Judge { seq: envelope.seq, noted: self.noted.as_mut() };
        self.state.judge_place(envelope, &mut judge)?;
        let target = self.log.iter().position(|step| step.envelope.seq == to);
        target.map(Some).ok_or_else(|| {
            judge.refuse(Guard::Branch, sentence!("there is no event {seq} to go to", seq = to))
        })
    }

    fn go_back(&mut self, target: usize, envelope: &'a Envelope) {
        self.log.push(Step { envelope, parent: Some(target) });
        let mut state = GameState::default();
        for past in self.active() {
            // These events were accepted on this very path, and what was noted for them is known.
            // A reset on the path changes nothing but the number.
            if !is_reset(past) && state.apply_leniently(past, &mut Vec::new()).is_err() {
                continue;
            }
            state.seq = past.seq;
        }
        self.state = state;
    }
}

const fn is_reset(envelope: &Envelope) -> bool {
    matches!(&envelope.event, Event::GameRolledBack(_) | Event::GameRestored(_))
}

/// The state that a whole log leads to.
///
/// # Errors
/// Names the first event that breaks a rule.
pub fn fold<'a>(log: impl IntoIterator<Item = &'a Envelope>) -> Result<GameState, Rejection> {
    let mut replay = Replay::new();
    for envelope in log {
        replay.push(envelope)?;
    }
    Ok(replay.into_state())
}
