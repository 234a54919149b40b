//! What the records of a chunk or a pack are about, so that who looks for one thing passes over all
//! that holds none of it.

use std::collections::BTreeSet;

use crate::proto;

/// More are not told of one object: who looks for one thing then reads it.
const MOST: usize = 4_096;

/// A set of topics, by hash: it may take one for another, never miss one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Topics(BTreeSet<u32>);

impl Topics {
    /// Adds a topic: opaque bytes.
    pub fn add(&mut self, topic: &[u8]) {
        self.0.insert(hash(topic));
    }

    /// Whether there may be something about a topic.
    #[must_use]
    pub fn may_hold(&self, topic: &[u8]) -> bool {
        self.0.contains(&hash(topic))
    }

    /// Those of several objects; none where one of them does not tell, or they are too many.
    pub(super) fn of_all<'a>(all: impl IntoIterator<Item = Option<&'a Self>>) -> Option<Self> {
        let mut together = BTreeSet::new();
        for topics in all {
            together.extend(&topics?.0);
        }
        (together.len() <= MOST).then_some(Self(together))
    }

    pub(crate) fn to_message(&self) -> proto::Topics {
        proto::Topics { hashes: self.0.iter().copied().collect() }
    }

    pub(crate) fn from_message(message: &proto::Topics) -> Self {
        Self(message.hashes.iter().copied().collect())
    }
}

fn hash(topic: &[u8]) -> u32 {
    let [a, b, c, d, ..] = *blake3::hash(topic).as_bytes();
    u32::from_le_bytes([a, b, c, d])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(topics: &[&str]) -> Topics {
        let mut set = Topics::default();
        topics.iter().for_each(|topic| set.add(topic.as_bytes()));
        set
    }

    #[test]
    fn all_together_hold_what_each_holds() {
        let (one, other) = (of(&["g1", "g2"]), of(&["g3"]));
        let together = Topics::of_all([Some(&one), Some(&other)]).unwrap();
        assert_eq!(together, of(&["g1", "g2", "g3"]));
        assert!(together.may_hold(b"g3") && !one.may_hold(b"g3"));
        assert_eq!(Topics::from_message(&one.to_message()), one);
        assert_eq!(Topics::from_message(&proto::Topics::default()), of(&[]), "known to be none");
    }

    #[test]
    fn one_that_does_not_tell_leaves_all_unknown() {
        assert_eq!(Topics::of_all([Some(&of(&["g1"])), None]), None);
    }

    #[test]
    fn too_many_are_not_told() {
        let mut many = Topics::default();
        (0..=MOST).for_each(|number| many.add(&number.to_le_bytes()));
        assert_eq!(Topics::of_all([Some(&many)]), None);
    }
}
