//! Games read lately out of backups and the event log: a step through one does not read it out of the
//! store again. What a backup holds never changes, and a log only grows.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use super::event_log::LoggedGame;
use super::record::GameRecord;

/// Games that are kept of each kind: the one that was read longest ago makes room.
const MOST_KEPT: usize = 4;

/// What was read lately, in memory alone.
#[derive(Debug, Default)]
pub(crate) struct ReadLately {
    /// By vault, backup and game.
    pub(super) backups: Lately<[String; 3], GameRecord>,
    /// By vault and game.
    pub(super) logs: Lately<[String; 2], LoggedGame>,
}

/// The values put in last, by key.
#[derive(Debug)]
pub(super) struct Lately<K, V>(Mutex<VecDeque<(K, V)>>);

impl<K, V> Default for Lately<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: PartialEq, V: Clone> Lately<K, V> {
    pub(super) fn get(&self, key: &K) -> Option<V> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(other, _)| other == key).map(|(_, value)| value.clone())
    }

    pub(super) fn put(&self, key: K, value: V) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(other, _)| *other != key);
        kept.push_back((key, value));
        if kept.len() > MOST_KEPT {
            kept.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_put_in_longest_ago_makes_room() {
        let lately = Lately::default();
        for number in 0..MOST_KEPT {
            lately.put(number, number);
        }
        lately.put(0, 100);
        lately.put(MOST_KEPT, MOST_KEPT);
        assert_eq!(lately.get(&0), Some(100), "it was put in anew");
        assert_eq!(lately.get(&1), None);
        assert_eq!(lately.get(&MOST_KEPT), Some(MOST_KEPT));
    }
}
