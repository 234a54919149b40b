//! The seven key moments of a game.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::event::{Envelope, Event, VoteResult};

/// A key moment; its snapshot's cut is right after the event that makes it.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS, JsonSchema,
)]
pub enum Moment {
    /// The game was created.
    K1,
    /// The roles were assigned.
    K2,
    /// A quest begins: before its team is assigned.
    K3,
    /// A team is decided.
    K4,
    /// A quest was executed.
    K5,
    /// The search for Merlin begins.
    K6,
    /// The game is over.
    K7,
}

impl Moment {
    /// All seven, in order.
    pub const ALL: [Self; 7] =
        [Self::K1, Self::K2, Self::K3, Self::K4, Self::K5, Self::K6, Self::K7];

    /// The moment that an event makes.
    #[must_use]
    pub const fn of(event: &Event) -> Option<Self> {
        Some(match event {
            Event::GameCreated(_) => Self::K1,
            Event::RolesAssigned(_) => Self::K2,
            Event::QuestStarted(_) => Self::K3,
            Event::TeamVoteClosed(closed) if matches!(closed.result, VoteResult::Approved) => {
                Self::K4
            }
            Event::TeamForced(_) => Self::K4,
            Event::MissionResolved(_) => Self::K5,
            Event::AssassinationStarted(_) => Self::K6,
            Event::GameEnded(_) => Self::K7,
            _ => return None,
        })
    }

    /// `K1` to `K7`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::K1 => "K1",
            Self::K2 => "K2",
            Self::K3 => "K3",
            Self::K4 => "K4",
            Self::K5 => "K5",
            Self::K6 => "K6",
            Self::K7 => "K7",
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The key moments of a log with the number of the event that makes each, in order. Events that a
/// rollback superseded made their moments too; give [`crate::reducer::Replay::active`] to leave
/// them out.
pub fn moments<'a>(
    log: impl IntoIterator<Item = &'a Envelope>,
) -> impl Iterator<Item = (Moment, u64)> {
    log.into_iter().filter_map(|envelope| Some((Moment::of(&envelope.event)?, envelope.seq)))
}
