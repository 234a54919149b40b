//! The course: the log with its edits, folded anew.

use std::collections::BTreeMap;

use super::edit::{changed, is_input};
use super::{Alteration, Course, CourseEvent, Dropped, Edit, Origin, WhatIfError};
use crate::digest::Digest;
use crate::event::{Draft, Envelope, Event};
use crate::id::Seat;
use crate::play::{Moves, Turn, turn};
use crate::reducer::{Guard, Rejection, Replay};
use crate::sentence;
use crate::sentence::Sentence;
use crate::state::GameState;

/// More events than the rules ever make follow on one another: a quest's end makes a handful.
const MOST_DERIVED: usize = 16;

/// The course of a game with these edits. Events that a rollback superseded are not in it, nor are
/// rollbacks; numbers go on without a gap. Rules that the log breaks at an event may stay broken
/// there.
///
/// # Errors
/// When an edit is of no event of the log, does not fit it, or is against the rules.
pub fn course(log: &[&Envelope], edits: &[Edit]) -> Result<Course, WhatIfError> {
    let mut wanted = BTreeMap::new();
    for edit in edits {
        if wanted.insert(edit.seq, &edit.change).is_some() {
            return Err(WhatIfError::Twice { seq: edit.seq });
        }
    }
    let Log { events, broken } = Log::read(log);
    let mut fold = Fold::new(broken);
    for original in events {
        match wanted.remove(&original.seq) {
            None => fold.follow(original),
            Some(Alteration::Skip) => fold.skip(original),
            Some(Alteration::Set { payload }) => fold.change(original, payload)?,
        }
    }
    if let Some((seq, _)) = wanted.pop_first() {
        return Err(WhatIfError::NoSuchEvent { seq });
    }
    fold.finish()
}

/// A log as the course needs it.
struct Log<'a> {
    /// The events that count.
    events: Vec<&'a Envelope>,
    /// The rules that are broken at each.
    broken: BTreeMap<u64, Vec<Guard>>,
}

impl<'a> Log<'a> {
    fn read(log: &[&'a Envelope]) -> Self {
        let mut replay = Replay::lenient();
        let mut broken = BTreeMap::new();
        for envelope in log.iter().copied() {
            let refused = replay.push(envelope).err();
            let noted = replay.take_noted().into_iter().chain(refused);
            let guards: Vec<Guard> = noted.map(|rejection| rejection.guard).collect();
            if !guards.is_empty() {
                broken.insert(envelope.seq, guards);
            }
        }
        let is_reset =
            |event: &Event| matches!(event, Event::GameRolledBack(_) | Event::GameRestored(_));
        let mut events = replay.active();
        events.retain(|envelope| !is_reset(&envelope.event));
        Self { events, broken }
    }
}

struct Fold {
    state: GameState,
    events: Vec<CourseEvent>,
    dropped: Vec<Dropped>,
    broken: BTreeMap<u64, Vec<Guard>>,
    /// The first number at which it differs from the log, once it does.
    from: Option<u64>,
}

impl Fold {
    fn new(broken: BTreeMap<u64, Vec<Guard>>) -> Self {
        let (events, dropped) = (Vec::new(), Vec::new());
        Self { state: GameState::default(), events, dropped, broken, from: None }
    }

    fn next_seq(&self) -> u64 {
        self.events.len() as u64 + 1
    }

    fn skip(&mut self, original: &Envelope) {
        self.drop(original, None, sentence!("an edit took it out"));
    }

    fn change(
        &mut self,
        original: &Envelope,
        payload: &serde_json::Value,
    ) -> Result<(), WhatIfError> {
        let changed = changed(original, payload)?;
        // What is due before an input may not have come yet, as behind an earlier edit.
        match self.keep(&changed, Origin::Changed, is_input(&changed.event)) {
            Ok(()) => Ok(()),
            Err(rejection) => Err(WhatIfError::Refused { seq: original.seq, rejection }),
        }
    }

    /// Takes the next event of the log, as far as the rules allow.
    fn follow(&mut self, original: &Envelope) {
        if self.from.is_none() {
            let envelope = self.numbered(original);
            // What the log breaks stays broken: this part of the course is the log.
            let _ = self.state.apply_leniently(&envelope, &mut Vec::new());
            self.push(envelope, Origin::Log, Some(original.seq));
            return;
        }
        match self.keep(original, Origin::Log, is_input(&original.event)) {
            Ok(()) => {}
            Err(_) if self.stand_in(original) => {}
            Err(rejection) => self.drop(original, Some(rejection.guard), rejection.sentence),
        }
    }

    /// Takes an event if it may come now; with `derive`, after what the rules make follow first.
    fn keep(&mut self, original: &Envelope, origin: Origin, derive: bool) -> Result<(), Rejection> {
        let mut kept = self.apply(original, origin);
        if kept.is_ok() || !derive {
            return kept;
        }
        let (state, events) = (self.state.clone(), self.events.len());
        for _ in 0..MOST_DERIVED {
            if !self.derive() {
                break;
            }
            kept = self.apply(original, origin);
            if kept.is_ok() {
                return kept;
            }
        }
        self.state = state;
        self.events.truncate(events);
        kept
    }

    fn apply(&mut self, original: &Envelope, origin: Origin) -> Result<(), Rejection> {
        let envelope = self.numbered(original);
        if let Err(rejection) = self.state.apply(&envelope) {
            let known = self.broken.get(&original.seq);
            if !known.is_some_and(|guards| guards.contains(&rejection.guard)) {
                return Err(rejection);
            }
            self.state.apply_leniently(&envelope, &mut Vec::new())?;
        }
        self.push(envelope, origin, Some(original.seq));
        Ok(())
    }

    /// Makes what the rules have follow now in the place of an event of the same type.
    fn stand_in(&mut self, original: &Envelope) -> bool {
        let due = self.due(Some(original));
        let same = due.filter(|draft| draft.event.kind() == original.event.kind());
        same.is_some_and(|draft| self.write(draft, Some(original)))
    }

    /// Makes what the rules have follow now; false when they wait for somebody.
    fn derive(&mut self) -> bool {
        self.due(None).is_some_and(|draft| self.write(draft, None))
    }

    /// Adds an event that the log does not have, in the place of `original` where it has another.
    fn write(&mut self, draft: Draft, original: Option<&Envelope>) -> bool {
        let last = self.events.last().map_or(0, |event| event.envelope.ts);
        let ts = original.map_or(last, |original| original.ts.max(last));
        let mut envelope =
            Envelope::new(self.state.game_id.clone(), self.next_seq(), ts, draft.event);
        envelope.actor = Some(draft.actor);
        envelope.visibility = Some(draft.visibility);
        if let Some(like) = original.or(self.events.last().map(|event| &event.envelope)) {
            envelope.room_id.clone_from(&like.room_id);
        }
        if self.state.apply(&envelope).is_err() {
            return false;
        }
        self.push(envelope, Origin::Derived, original.map(|original| original.seq));
        true
    }

    /// What the rules have follow now without anybody's doing. What the log's own event tells that
    /// does not follow from the state (who gets Excalibur, the card that lay on top) is taken from it.
    fn due(&self, original: Option<&Envelope>) -> Option<Draft> {
        let moves = Moves::new(&self.state);
        let event = original.map(|original| &original.event);
        Some(match turn(&self.state) {
            Turn::StartQuest { .. } => moves.start_quest(),
            Turn::TurnLoyaltyCard { .. } => {
                let known = self.state.lancelot.as_ref().is_some_and(|known| known.deck.is_some());
                match event {
                    Some(Event::LoyaltyCardDrawn(drawn)) if !known => {
                        let mut draft = moves.turn_loyalty_card();
                        if let Event::LoyaltyCardDrawn(turned) = &mut draft.event {
                            turned.card = drawn.card;
                        }
                        draft
                    }
                    _ if known => moves.turn_loyalty_card(),
                    _ => return None,
                }
            }
            Turn::CloseVote => moves.close_vote(self.sword(event)),
            Turn::ForceTeam => moves.force_team(self.sword(event)),
            Turn::Resolve => moves.resolve(),
            Turn::StartAssassination => moves.start_assassination(),
            Turn::End(reason) => moves.end(reason),
            Turn::Create
            | Turn::Deal
            | Turn::Propose { .. }
            | Turn::Vote { .. }
            | Turn::PlayCard { .. }
            | Turn::UseExcalibur { .. }
            | Turn::UseLady { .. }
            | Turn::Shoot { .. }
            | Turn::Over => return None,
        })
    }

    /// Who the log's event gives Excalibur to.
    fn sword(&self, event: Option<&Event>) -> Option<Seat> {
        let player = match event? {
            Event::TeamVoteClosed(closed) => closed.excalibur_to.as_ref()?,
            Event::TeamForced(forced) => forced.excalibur_to.as_ref()?,
            _ => return None,
        };
        self.state.seat_of(player)
    }

    fn numbered(&self, original: &Envelope) -> Envelope {
        Envelope { seq: self.next_seq(), ..original.clone() }
    }

    fn push(&mut self, envelope: Envelope, origin: Origin, of: Option<u64>) {
        if origin != Origin::Log {
            self.from.get_or_insert(envelope.seq);
        }
        // The next number is the next one, also where this event could not be applied.
        self.state.seq = envelope.seq;
        self.events.push(CourseEvent { envelope, origin, of });
    }

    fn drop(&mut self, original: &Envelope, guard: Option<Guard>, sentence: Sentence) {
        let next = self.next_seq();
        self.from.get_or_insert(next);
        let kind = original.event.kind().to_owned();
        self.dropped.push(Dropped { seq: original.seq, kind, guard, sentence });
    }

    fn finish(mut self) -> Result<Course, WhatIfError> {
        if self.from.is_some() {
            for _ in 0..MOST_DERIVED {
                if !self.derive() {
                    break;
                }
            }
        }
        let from = self.from.unwrap_or_else(|| self.next_seq());
        chain(&mut self.events, from)?;
        let (events, dropped) = (self.events, self.dropped);
        Ok(Course { events, dropped, from, turn: turn(&self.state) })
    }
}

/// Chains the events from a number on, where those of the log are chained.
fn chain(events: &mut [CourseEvent], from: u64) -> Result<(), WhatIfError> {
    if events.first().is_none_or(|first| first.envelope.hash.is_none()) {
        return Ok(());
    }
    let mut head = Digest::ZERO;
    for CourseEvent { envelope, .. } in events {
        if envelope.seq < from {
            head = envelope.hash.unwrap_or(head);
            continue;
        }
        let seq = envelope.seq;
        head = envelope
            .seal(head)
            .map_err(|error| WhatIfError::NoCanonicalForm { seq, detail: error.to_string() })?;
    }
    Ok(())
}
