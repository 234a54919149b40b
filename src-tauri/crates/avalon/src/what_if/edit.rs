//! Edits of events, and those that the rules allow.

use serde_json::Value;

use super::{Alteration, Edit, WhatIfError, course};
use crate::event::{Draft, Envelope, Event};
use crate::play::legal_events;
use crate::reducer::Replay;

/// The payloads that the rules allow in the place of an event of a course, its own not among them,
/// in the order in which [`legal_events`] gives them. None for what the service derives: votes and
/// cards are what it follows from.
///
/// # Errors
/// As for [`course`].
pub fn alternatives(
    log: &[&Envelope],
    edits: &[Edit],
    seq: u64,
) -> Result<Vec<Value>, WhatIfError> {
    let others: Vec<Edit> = edits.iter().filter(|edit| edit.seq != seq).cloned().collect();
    let events = course(log, &others)?.events;
    let at = events.iter().position(|event| event.of == Some(seq));
    let found = at.and_then(|at| Some((events.get(..at)?, events.get(at)?)));
    let (before, event) = found.ok_or(WhatIfError::NoSuchEvent { seq })?;
    let mut replay = Replay::lenient();
    for event in before {
        // What cannot be applied at all cannot be in the log either, and is told there.
        let _ = replay.push(&event.envelope);
    }
    let (state, own) = (replay.state(), &event.envelope);
    if !is_input(&own.event) {
        return Ok(Vec::new());
    }
    let same_hand = |draft: &Draft| {
        draft.event.kind() == own.event.kind()
            && own.actor.as_ref().is_none_or(|actor| *actor == draft.actor)
    };
    let mut payloads: Vec<Value> = legal_events(state)
        .into_iter()
        .filter(same_hand)
        .map(|draft| patched(&own.event.payload(), &draft.event.payload()))
        .filter(|payload| *payload != own.event.payload())
        .collect();
    payloads.dedup();
    Ok(payloads)
}

/// Whether an event of a log that is left out is there all the same, as the service makes one of the
/// others: then the course has as many of its type without it as with it. Never what somebody decided.
///
/// # Errors
/// As for [`course`], and [`WhatIfError::NoSuchEvent`].
pub fn follows_again(log: &[&Envelope], edits: &[Edit], seq: u64) -> Result<bool, WhatIfError> {
    let original = log.iter().find(|envelope| envelope.seq == seq);
    let event = &original.ok_or(WhatIfError::NoSuchEvent { seq })?.event;
    if is_input(event) {
        return Ok(false);
    }
    let others: Vec<Edit> = edits.iter().filter(|edit| edit.seq != seq).cloned().collect();
    let skip = Edit { seq, change: Alteration::Skip };
    let without: Vec<Edit> = others.iter().cloned().chain([skip]).collect();
    let of_its_type = |edits: &[Edit]| {
        let events = course(log, edits)?.events;
        Ok(events.iter().filter(|one| one.envelope.event.kind() == event.kind()).count())
    };
    Ok(of_its_type(&without)? >= of_its_type(&others)?)
}

/// Whether somebody at the table decided on the event: the service derives the others.
pub(super) const fn is_input(event: &Event) -> bool {
    matches!(
        event,
        Event::TeamProposed(_)
            | Event::TeamProposalRevised(_)
            | Event::TeamVoteCast(_)
            | Event::MissionCardPlayed(_)
            | Event::ExcaliburUsed(_)
            | Event::LadyUsed(_)
            | Event::LadyDeclared(_)
            | Event::AssassinTargetNamed(_)
            | Event::RoleAcknowledged(_)
            | Event::GameAborted(_)
    )
}

/// The event with members of its payload replaced.
pub(super) fn changed(original: &Envelope, payload: &Value) -> Result<Envelope, WhatIfError> {
    let merged = patched(&original.event.payload(), payload);
    let mut extra = original.payload_extra.clone();
    let event = Event::deserialize_payload(original.event.kind(), merged, &mut extra);
    let misfit = |detail: String| WhatIfError::Misfit { seq: original.seq, detail };
    match event.map_err(|error| misfit(error.to_string()))? {
        Event::Unrecognised(unknown) => Err(misfit(unknown.problem.clone())),
        event => Ok(Envelope { event, payload_extra: extra, ..original.clone() }),
    }
}

/// A JSON merge patch (RFC 7396).
fn patched(target: &Value, patch: &Value) -> Value {
    let Value::Object(patch) = patch else { return patch.clone() };
    let mut merged = target.as_object().cloned().unwrap_or_default();
    for (name, member) in patch {
        if member.is_null() {
            merged.remove(name);
        } else {
            let old = merged.get(name).cloned().unwrap_or_default();
            merged.insert(name.clone(), patched(&old, member));
        }
    }
    Value::Object(merged)
}
