//! What a plan found to differ, kept for the restore that follows it in the same process: then only
//! what the oplog names since the plan is looked for again.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use source::mongo::ClusterTime;

/// The documents that differed at one time.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// Whatever differs that is not named here changed later.
    pub(super) at: ClusterTime,
    /// Raw `{_id: …}` by collection; a collection without any is named too.
    pub(super) documents: BTreeMap<String, Vec<Bytes>>,
}

/// The findings of the newest plan.
#[derive(Debug, Default)]
pub(crate) struct KeptFindings(Mutex<Option<(String, Findings)>>);

impl KeptFindings {
    pub(super) fn keep(&self, plan: &str, findings: Findings) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((plan.to_owned(), findings));
    }

    /// Those of a plan, once.
    pub(super) fn take(&self, plan: &str) -> Option<Findings> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.take_if(|(of, _)| of == plan).map(|(_, findings)| findings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plans_findings_are_given_once_and_to_it_alone() {
        let kept = KeptFindings::default();
        kept.keep("a", Findings::default());
        kept.keep("b", Findings::default());
        assert!(kept.take("a").is_none());
        assert!(kept.take("b").is_some());
        assert!(kept.take("b").is_none());
    }
}
