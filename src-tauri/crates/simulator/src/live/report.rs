//! What live play tells about itself.

use std::sync::Mutex;
use std::sync::PoisonError;

use serde::Serialize;
use tokio::sync::watch;

/// Counters of live play.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LiveReport {
    /// Name of this instance.
    pub instance: String,
    /// Games being played.
    pub playing: u64,
    /// Games begun.
    pub games_started: u64,
    /// Games taken over from an instance that is gone, or read again after a resync.
    pub games_recovered: u64,
    /// Games that ended with a result.
    pub games_finished: u64,
    /// Games given up.
    pub games_aborted: u64,
    /// Events acknowledged to players.
    pub events: u64,
    /// Attempts that failed because a server was away.
    pub retries: u64,
    /// Games lost to an instance with a higher epoch.
    pub fenced: u64,
    /// True while all games are paused.
    pub paused: bool,
    /// Commands of the control stream answered.
    pub commands: u64,
    /// The server that is away now, in words; none when both answer.
    pub outage: Option<String>,
}

/// An event whose acknowledgement went to the players.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledged {
    /// The game.
    pub game_id: String,
    /// The event's place in its log.
    pub seq: u64,
    /// The event's hash.
    pub hash: String,
}

/// Publishes the counters.
#[derive(Debug)]
pub(crate) struct Reporter {
    counters: Mutex<LiveReport>,
    sender: watch::Sender<LiveReport>,
}

impl Reporter {
    pub(crate) fn new(instance: &str, sender: watch::Sender<LiveReport>) -> Reporter {
        let counters = LiveReport { instance: instance.into(), ..LiveReport::default() };
        sender.send_replace(counters.clone());
        Reporter { counters: Mutex::new(counters), sender }
    }

    pub(crate) fn update(&self, change: impl FnOnce(&mut LiveReport)) {
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut counters);
        self.sender.send_replace(counters.clone());
    }

    pub(crate) fn current(&self) -> LiveReport {
        self.counters.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
