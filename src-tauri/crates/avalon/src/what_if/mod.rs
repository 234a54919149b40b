//! What if: the course that a game would have taken, had an event not happened or been another one.
//!
//! Nothing is invented. Up to the first edit the course is the log. After it, what players did is
//! kept where the rules still allow it, what the service makes of that is made anew, and where the
//! rules wait for something that nobody did, the course ends.

mod course;
mod edit;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use thiserror::Error;
use ts_rs::TS;

use crate::event::Envelope;
use crate::play::Turn;
use crate::reducer::{Guard, Rejection};
use crate::sentence::Sentence;

pub use course::course;
pub use edit::{alternatives, follows_again};

/// One event of a log that is to be otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Edit {
    /// The event, by its number in the log.
    pub seq: u64,
    /// What becomes of it.
    pub change: Alteration,
}

/// What becomes of an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Alteration {
    /// It did not happen.
    Skip,
    /// It happened otherwise.
    Set {
        /// Members of the payload that differ; the others stay (RFC 7396).
        payload: Value,
    },
}

/// Where an event of a course comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// It is as in the log.
    Log,
    /// It was changed by an edit.
    Changed,
    /// The rules make it follow; the log has none, or another one.
    Derived,
}

/// An event of a course.
#[derive(Debug, Clone, PartialEq)]
pub struct CourseEvent {
    /// The event, numbered and chained as in a log of its own.
    pub envelope: Envelope,
    /// Where it comes from.
    pub origin: Origin,
    /// The event of the log that it is or that it stands for.
    pub of: Option<u64>,
}

/// An event of the log that is not in the course.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dropped {
    /// Its number in the log.
    pub seq: u64,
    /// Its type.
    pub kind: String,
    /// The rule that it would break; none where an edit took it out.
    pub guard: Option<Guard>,
    /// Why.
    pub sentence: Sentence,
}

/// A course that a game might have taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Course {
    /// Its events, numbered from 1.
    pub events: Vec<CourseEvent>,
    /// What of the log is not in it, in order.
    pub dropped: Vec<Dropped>,
    /// The first number at which it differs from the log.
    pub from: u64,
    /// What it waits for at its end.
    pub turn: Turn,
}

/// Why there is no such course.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WhatIfError {
    /// The log has no such event, or a rollback superseded it.
    #[error("there is no event {seq} that counts in the log; name one that does")]
    NoSuchEvent {
        /// The number.
        seq: u64,
    },
    /// Two edits are of the same event.
    #[error("event {seq} is edited twice; give one edit for it")]
    Twice {
        /// The number.
        seq: u64,
    },
    /// A payload does not fit the event's type.
    #[error("the payload does not fit event {seq}: {detail}")]
    Misfit {
        /// The number.
        seq: u64,
        /// What is wrong with it.
        detail: String,
    },
    /// The rules do not allow the changed event.
    #[error("event {seq} cannot be so: {rejection}")]
    Refused {
        /// The number in the log.
        seq: u64,
        /// Which rule, and why.
        rejection: Rejection,
    },
    /// A value of an event has no canonical form, so the course cannot be chained.
    #[error("event {seq} has no canonical form: {detail}")]
    NoCanonicalForm {
        /// The number in the course.
        seq: u64,
        /// What is wrong with it.
        detail: String,
    },
}
