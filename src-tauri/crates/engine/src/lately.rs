//! What was asked for last, kept in memory so that it need not be made again.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// Values that are kept: the one that was put in longest ago makes room.
const MOST_KEPT: usize = 4;

/// The values put in last, by key.
#[derive(Debug)]
pub(crate) struct Lately<K, V>(Mutex<VecDeque<(K, Arc<V>)>>);

impl<K, V> Default for Lately<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: PartialEq, V> Lately<K, V> {
    pub(crate) fn get(&self, key: &K) -> Option<Arc<V>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().find(|(other, _)| other == key).map(|(_, value)| Arc::clone(value))
    }

    pub(crate) fn put(&self, key: K, value: V) -> Arc<V> {
        let value = Arc::new(value);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|(other, _)| *other != key);
        kept.push_back((key, Arc::clone(&value)));
        if kept.len() > MOST_KEPT {
            kept.pop_front();
        }
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_put_in_longest_ago_makes_room() {
        let lately = Lately::default();
        let get = |number: usize| lately.get(&number).map(|value| *value);
        for number in 0..MOST_KEPT {
            lately.put(number, number);
        }
        lately.put(0, 100);
        lately.put(MOST_KEPT, MOST_KEPT);
        assert_eq!(get(0), Some(100), "it was put in anew");
        assert_eq!(get(1), None);
        assert_eq!(get(MOST_KEPT), Some(MOST_KEPT));
    }
}
