use std::collections::BTreeSet;

use avalon::moment::Moment;
use serde::{Deserialize, Serialize};

/// The longest that snapshots may be kept, in days.
const MOST_DAYS: u32 = 36_500;

/// What snapshots are taken of by themselves, and how long they are kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SnapshotPolicy {
    /// The key moments at which one is taken.
    pub moments: BTreeSet<Moment>,
    /// Minutes after which a game that went on is taken again; 0 for never.
    pub interval_minutes: u32,
    /// Whether games of players who opted in are taken at their moments too.
    pub players: bool,
    /// Days that the snapshots of a game are kept after its last one.
    pub keep_days: u32,
    /// Where the events come from; absent: Redis where it is connected, else MongoDB.
    pub source: Option<EventSource>,
}

/// A transport of events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventSource {
    /// A consumer group of the Redis stream of all events.
    Redis,
    /// A change stream of MongoDB on the collection of events.
    ChangeStream,
    /// A durable queue of RabbitMQ on the exchange of all events.
    Rabbitmq,
}

impl EventSource {
    /// The spelling in the configuration.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Redis => "redis",
            Self::ChangeStream => "change_stream",
            Self::Rabbitmq => "rabbitmq",
        }
    }
}

impl Default for SnapshotPolicy {
    fn default() -> Self {
        Self {
            moments: Moment::ALL.into_iter().collect(),
            interval_minutes: 5,
            players: true,
            keep_days: 90,
            source: None,
        }
    }
}

impl SnapshotPolicy {
    /// Whether any snapshot is taken by itself.
    #[must_use]
    pub fn is_automatic(&self) -> bool {
        !self.moments.is_empty() || self.interval_minutes > 0 || self.players
    }

    /// Why it is refused, if it is.
    #[must_use]
    pub fn refused(&self) -> Option<String> {
        let unkept = self.keep_days == 0 || self.keep_days > MOST_DAYS;
        unkept.then(|| format!("keep_days {} is not between 1 and {MOST_DAYS}", self.keep_days))
    }
}
