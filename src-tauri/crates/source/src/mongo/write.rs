//! Writing back: definitions as they were, documents byte for byte.

mod definition;
mod insert;
mod literal;
mod replace;

/// Which indexes are built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexPass {
    /// All but those that expire documents.
    WithoutExpiry,
    /// Only those that expire documents (TTL): last, as the server begins deleting at once.
    OnlyExpiry,
}

/// What an insert did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct InsertOutcome {
    /// Documents written.
    pub documents: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Of these, documents an ordinary insert would have altered, written another way.
    pub odd: u64,
}

/// When the server calls a write done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WriteSafety {
    /// A majority of the members has it in its journal.
    #[default]
    Majority,
    /// The primary has it in memory. For staging only: end with [`super::MongoTarget::barrier`]
    /// and verify what was written.
    Primary,
}
