//! Two streams in key order, side by side, a batch of each in memory.

use std::cmp::Ordering;

use super::side::{Live, Side, Stored};
use crate::error::EngineError;

/// What is found at a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Equal,
    Missing,
    Extra,
    Different,
}

/// What is at hand of a document.
#[derive(Debug, Clone, Copy)]
pub(super) enum AtHand<'a> {
    /// The live document.
    Live(&'a [u8]),
    /// The key alone, of a document that the backup alone has.
    Key(&'a [u8]),
}

/// Walks both streams. Documents are equal when their keys and their hashes are.
pub(super) struct Merge<'a> {
    stored: Side<'a, Stored>,
    live: Side<'a, Live>,
}

impl<'a> Merge<'a> {
    pub(super) fn new(stored: Side<'a, Stored>, live: Side<'a, Live>) -> Self {
        Self { stored, live }
    }

    /// Makes sure that a key is at hand; false when both streams are at their ends.
    pub(super) async fn fill(&mut self) -> Result<bool, EngineError> {
        // Both next batches at once: one waits for the server while the other decodes.
        let (one, other) = tokio::join!(self.stored.fill(), self.live.fill());
        one?;
        other?;
        Ok(self.found().is_some())
    }

    /// What is found at the lower of the keys at hand; none where the next batch must be read first.
    pub(super) fn found(&self) -> Option<(Verdict, AtHand<'_>)> {
        match (self.stored.row(), self.live.row()) {
            (Some(stored), Some(live)) => {
                let at_hand = AtHand::Live(live.document);
                Some(match stored.key.as_ref().cmp(live.key) {
                    Ordering::Less => (Verdict::Missing, AtHand::Key(&stored.key)),
                    Ordering::Greater => (Verdict::Extra, at_hand),
                    Ordering::Equal if stored.hash == live.hash => (Verdict::Equal, at_hand),
                    Ordering::Equal => (Verdict::Different, at_hand),
                })
            }
            (Some(stored), None) if self.live.is_over() => {
                Some((Verdict::Missing, AtHand::Key(&stored.key)))
            }
            (None, Some(live)) if self.stored.is_over() => {
                Some((Verdict::Extra, AtHand::Live(live.document)))
            }
            _ => None,
        }
    }

    /// Leaves the key behind on which this is the verdict.
    pub(super) fn pass(&mut self, verdict: Verdict) {
        self.stored.pass(verdict != Verdict::Extra);
        self.live.pass(verdict != Verdict::Missing);
    }
}
