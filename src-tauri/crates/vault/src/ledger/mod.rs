//! Ledgers: what exists.
use crate::check::Problem;
use crate::set::SetSummary;

/// What the ledgers tell.
#[derive(Debug, Clone, Default)]
pub struct Catalog {
    /// Sets, oldest first.
    pub sets: Vec<SetSummary>,
    /// What is wrong with the ledgers.
    pub problems: Vec<Problem>,
}
