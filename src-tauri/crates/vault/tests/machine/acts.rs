//! What may be done to a vault.

use proptest::prelude::*;

/// Documents put (`Some` version) or removed, by number.
pub type Edits = Vec<(u8, Option<u16>)>;

/// Who does it, and whether the process dies on the way.
#[derive(Debug, Clone, Copy)]
pub struct By {
    /// Which process: one that is opened for this as writer `a` or `b`, or one that has been open for a
    /// while.
    pub who: Who,
    /// Dies at this write to the store, counted from the opening; the write lands for even numbers.
    pub dies_at: Option<u8>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    A,
    B,
    Held,
}

/// What is done next; numbers choose among what there is.
#[derive(Debug, Clone)]
pub enum Act {
    /// The game changes its data.
    Change(Edits),
    /// A full, with what changes while it reads.
    Full {
        by: By,
        meanwhile: Edits,
    },
    /// Over any set.
    Increment {
        by: By,
        base: u8,
    },
    /// Over the newest full.
    Differential {
        by: By,
    },
    /// A full that is read from a set instead of the source.
    Synthetic {
        by: By,
        base: u8,
    },
    /// All but the newest go, and those that are pinned stay.
    Retain {
        by: By,
        keep: u8,
    },
    /// The same in the other store, which keeps for itself.
    RetainCopies {
        keep: u8,
    },
    Pin {
        by: By,
        set: u8,
    },
    Unpin {
        by: By,
        set: u8,
    },
    /// A set is read from somewhere in its middle.
    Restore {
        by: By,
        set: u8,
        from: u8,
    },
    Prune {
        by: By,
        replica: bool,
    },
    Keys {
        by: By,
        change: Keys,
        at_hand: u8,
    },
    /// All sets, or one, into the other store; the process dies at a write there.
    Replicate {
        by: By,
        only: Option<u8>,
    },
    /// A process opens the vault and keeps it open.
    Hold,
    Wait(u8),
}

#[derive(Debug, Clone, Copy)]
pub enum Keys {
    Add,
    Remove(u8),
    Replace(u8),
    Rotate,
}

fn edits() -> impl Strategy<Value = Edits> {
    let edit = (any::<u8>(), proptest::option::weighted(0.7, any::<u16>()));
    proptest::collection::vec(edit, 0..30)
}

fn by() -> impl Strategy<Value = By> {
    let who = prop_oneof![3 => Just(Who::A), 2 => Just(Who::B), 2 => Just(Who::Held)];
    (who, proptest::option::weighted(0.3, 0..24_u8)).prop_map(|(who, dies_at)| By { who, dies_at })
}

fn keys() -> impl Strategy<Value = Keys> {
    prop_oneof![
        2 => Just(Keys::Add),
        1 => any::<u8>().prop_map(Keys::Remove),
        2 => any::<u8>().prop_map(Keys::Replace),
        3 => Just(Keys::Rotate),
    ]
}

pub fn act() -> impl Strategy<Value = Act> {
    let n = any::<u8>;
    prop_oneof![
        4 => edits().prop_map(Act::Change),
        3 => (by(), edits()).prop_map(|(by, meanwhile)| Act::Full { by, meanwhile }),
        4 => (by(), n()).prop_map(|(by, base)| Act::Increment { by, base }),
        2 => by().prop_map(|by| Act::Differential { by }),
        2 => (by(), n()).prop_map(|(by, base)| Act::Synthetic { by, base }),
        2 => (by(), 1..4_u8).prop_map(|(by, keep)| Act::Retain { by, keep }),
        2 => (0..3_u8).prop_map(|keep| Act::RetainCopies { keep }),
        1 => (by(), n()).prop_map(|(by, set)| Act::Pin { by, set }),
        1 => (by(), n()).prop_map(|(by, set)| Act::Unpin { by, set }),
        2 => (by(), n(), n()).prop_map(|(by, set, from)| Act::Restore { by, set, from }),
        6 => (by(), proptest::bool::weighted(0.4))
            .prop_map(|(by, replica)| Act::Prune { by, replica }),
        4 => (by(), keys(), n())
            .prop_map(|(by, change, at_hand)| Act::Keys { by, change, at_hand }),
        3 => (by(), proptest::option::of(n())).prop_map(|(by, only)| Act::Replicate { by, only }),
        1 => Just(Act::Hold),
        5 => (1..60_u8).prop_map(Act::Wait),
    ]
}
