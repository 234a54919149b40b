//! Who is free to play.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use rand::RngExt;
use rand::rngs::StdRng;

/// Players by whether they sit at a table: nobody plays two games at once.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    idle: Mutex<BTreeSet<String>>,
}

impl Directory {
    pub(crate) fn new(players: impl IntoIterator<Item = String>) -> Directory {
        Directory { idle: Mutex::new(players.into_iter().collect()) }
    }

    /// Seats `count` idle players; `None` when there are too few.
    pub(crate) fn seat(&self, rng: &mut StdRng, count: usize) -> Option<Vec<String>> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < count {
            return None;
        }
        let mut seated = Vec::with_capacity(count);
        for _ in 0..count {
            let player = idle.iter().nth(rng.random_range(0..idle.len())).cloned()?;
            idle.remove(&player);
            seated.push(player);
        }
        Some(seated)
    }

    /// Takes known players out: they sit at a table already.
    pub(crate) fn occupy(&self, players: &[String]) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        for player in players {
            idle.remove(player);
        }
    }

    /// Players who have left their table.
    pub(crate) fn release(&self, players: impl IntoIterator<Item = String>) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).extend(players);
    }
}
