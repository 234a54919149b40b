//! Who is free to play.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rand::RngExt;
use rand::rngs::StdRng;

use crate::population::Player;

/// Players by whether they sit at a table: nobody plays two games at once.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    idle: Mutex<Idle>,
}

/// Players by id.
pub(crate) type Idle = BTreeMap<String, Player>;

/// Seats `count` idle players; `None`, and nobody moves, when there are too few.
pub(crate) fn seat(idle: &mut Idle, rng: &mut StdRng, count: usize) -> Option<Vec<Player>> {
    if idle.len() < count {
        return None;
    }
    let mut seated = Vec::with_capacity(count);
    for _ in 0..count {
        let id = idle.keys().nth(rng.random_range(0..idle.len())).cloned()?;
        seated.extend(idle.remove(&id));
    }
    Some(seated)
}

/// Players by id.
pub(crate) fn by_id(players: impl IntoIterator<Item = Player>) -> Idle {
    players.into_iter().map(|player| (player.id.clone(), player)).collect()
}

impl Directory {
    pub(crate) fn new(players: impl IntoIterator<Item = Player>) -> Directory {
        Directory { idle: Mutex::new(by_id(players)) }
    }

    pub(crate) fn seat(&self, rng: &mut StdRng, count: usize) -> Option<Vec<Player>> {
        seat(&mut self.lock(), rng, count)
    }

    /// Takes known players out, who sit at a table already.
    pub(crate) fn occupy<'a>(&self, players: impl IntoIterator<Item = &'a str>) -> Vec<Player> {
        let mut idle = self.lock();
        players.into_iter().filter_map(|player| idle.remove(player)).collect()
    }

    /// Players who have left their table.
    pub(crate) fn release(&self, players: impl IntoIterator<Item = Player>) {
        self.lock().extend(by_id(players));
    }

    fn lock(&self) -> MutexGuard<'_, Idle> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
