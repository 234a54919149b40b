//! What a plan found to differ, kept for the restore that follows it in the same process: then only
//! what the oplog names since the plan is looked for again.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use bytes::Bytes;
use source::mongo::ClusterTime;

/// Most documents kept of a plan; more are found anew.
const MOST: usize = 200_000;

/// The documents that differed at one time.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// Everything that happened before is accounted for.
    pub(super) at: ClusterTime,
    /// Raw `{_id: …}` of what differs, by collection; a collection without any is named too.
    documents: BTreeMap<String, Vec<Bytes>>,
    count: usize,
}

impl Findings {
    pub(super) fn new(at: ClusterTime) -> Self {
        Self { at, ..Self::default() }
    }

    /// Begins with a collection. Until it is [`Self::drop`]ped, what is noted counts as all of it.
    pub(super) fn begin(&mut self, collection: &str) {
        self.documents.insert(collection.to_owned(), Vec::new());
    }

    pub(super) fn note(&mut self, collection: &str, id: Bytes) {
        if let Some(documents) = self.documents.get_mut(collection) {
            documents.push(id);
            self.count += 1;
        }
        if self.count > MOST {
            self.drop(collection);
        }
    }

    /// Forgets a collection: its documents are to be found anew.
    pub(super) fn drop(&mut self, collection: &str) {
        let dropped = self.documents.remove(collection);
        self.count -= dropped.map_or(0, |documents| documents.len());
    }

    /// What differed of a collection, where that is known.
    pub(super) fn of(&self, collection: &str) -> Option<&[Bytes]> {
        self.documents.get(collection).map(Vec::as_slice)
    }
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
        let mut findings = Findings::new(ClusterTime::default());
        findings.begin("users");
        findings.note("users", Bytes::from_static(b"one"));
        findings.note("games", Bytes::from_static(b"not begun"));
        kept.keep("a", findings);
        assert!(kept.take("b").is_none());
        let found = kept.take("a").unwrap();
        assert_eq!((found.of("users").map(<[Bytes]>::len), found.of("games")), (Some(1), None));
        assert!(kept.take("a").is_none());
    }

    #[test]
    fn a_collection_with_too_many_is_forgotten_and_the_others_are_not() {
        let mut findings = Findings::new(ClusterTime::default());
        findings.begin("few");
        findings.note("few", Bytes::new());
        findings.begin("many");
        (0..MOST).for_each(|_| findings.note("many", Bytes::new()));
        assert_eq!(findings.of("many"), None);
        findings.begin("more");
        findings.note("more", Bytes::new());
        assert_eq!((findings.of("few").map(<[Bytes]>::len), findings.count), (Some(1), 2));
    }
}
