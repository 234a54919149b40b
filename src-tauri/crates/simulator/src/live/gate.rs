//! Pausing: tables pass a gate before each event.

use std::collections::BTreeSet;

use tokio::sync::{RwLock, RwLockReadGuard, watch};

/// Which games are paused.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Paused {
    all: bool,
    games: BTreeSet<String>,
}

impl Paused {
    fn covers(&self, game: &str) -> bool {
        self.all || self.games.contains(game)
    }
}

/// Lets tables write one event at a time, and stops them.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    paused: watch::Sender<Paused>,
    /// Held for reading while an event is written: a pause waits for all of them.
    writing: RwLock<()>,
}

impl Gate {
    /// Waits until the game may go on; the event must be written while the guard is held.
    pub(crate) async fn pass(&self, game: &str) -> RwLockReadGuard<'_, ()> {
        loop {
            let mut paused = self.paused.subscribe();
            // The sender lives in `self`, so waiting cannot fail.
            let _open = paused.wait_for(|paused| !paused.covers(game)).await.is_ok();
            let guard = self.writing.read().await;
            if !self.paused.borrow().covers(game) {
                return guard;
            }
        }
    }

    /// Stops one game or all; returns when no event is being written any more.
    pub(crate) async fn pause(&self, game: Option<&str>) {
        self.paused.send_modify(|paused| match game {
            Some(game) => drop(paused.games.insert(game.to_owned())),
            None => paused.all = true,
        });
        drop(self.writing.write().await);
    }

    /// Lets one game, or all of them, go on.
    pub(crate) fn resume(&self, game: Option<&str>) {
        self.paused.send_modify(|paused| match game {
            Some(game) => drop(paused.games.remove(game)),
            None => *paused = Paused::default(),
        });
    }

    /// True while everything is paused.
    pub(crate) fn is_paused(&self) -> bool {
        self.paused.borrow().all
    }
}

#[cfg(test)]
mod tests {
    use super::Gate;

    #[tokio::test]
    async fn a_pause_waits_for_the_event_being_written() {
        let gate = Gate::default();
        let writing = gate.pass("g").await;
        let pausing = gate.pause(None);
        tokio::pin!(pausing);
        assert!(futures::poll!(&mut pausing).is_pending());
        drop(writing);
        pausing.await;
        let passing = gate.pass("g");
        tokio::pin!(passing);
        assert!(futures::poll!(&mut passing).is_pending());
        gate.resume(None);
        drop(passing.await);
    }

    #[tokio::test]
    async fn one_game_can_be_paused_alone() {
        let gate = Gate::default();
        gate.pause(Some("a")).await;
        drop(gate.pass("b").await);
        let passing = gate.pass("a");
        tokio::pin!(passing);
        assert!(futures::poll!(&mut passing).is_pending());
        gate.resume(Some("a"));
        drop(passing.await);
    }
}
