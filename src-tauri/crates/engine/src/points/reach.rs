//! How far a log leads from a backup.

use std::collections::HashSet;

use vault::LogView;

use super::outcome::PointGapReason;
use crate::follow::mark::{Defined, DefinitionsMark};

/// A backup inside a log.
#[derive(Debug, Clone)]
pub(super) struct Base {
    /// Its cluster time as a number.
    pub(super) time: u64,
    /// The collections whose content it holds.
    pub(super) known: HashSet<[u8; 16]>,
}

/// Points that a backup and the log behind it lead to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Reach {
    /// Ascending, both ends included.
    pub(super) spans: Vec<Span>,
    /// Where it ends before the log does, and why.
    pub(super) broken: Option<Broken>,
}

/// Points from `from` to `to`; right behind it definitions change or the reach ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) from: u64,
    pub(super) to: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Broken {
    /// The first point that is not reached.
    pub(super) at: u64,
    pub(super) reason: PointGapReason,
    pub(super) changes: Vec<String>,
}

impl Reach {
    pub(super) fn holds(&self, point: u64) -> bool {
        self.spans.iter().any(|span| span.from <= point && point <= span.to)
    }
}

/// Walks the marks of a log from the backup on.
pub(super) fn reach(base: &Base, log: &LogView) -> Reach {
    let mut reach = Reach::default();
    let mut known = base.known.clone();
    // Where the definitions known last began to hold.
    let mut open = Some(base.time);
    for mark in log.marks.iter().filter(|mark| mark.position > base.time) {
        let Some(told) = DefinitionsMark::decode(&mark.body) else {
            reach.close(&mut open, mark.position);
            reach.broken = Some(Broken {
                at: mark.position,
                reason: PointGapReason::Unknown,
                changes: Vec::new(),
            });
            return reach;
        };
        let since = told.since.to_number();
        reach.close(&mut open, since);
        known.extend(&told.created);
        let Some(collections) = &told.collections else { continue };
        if collections.iter().any(|defined| is_strange(defined, &known)) {
            let changes = told.changes;
            reach.broken = Some(Broken { at: since, reason: PointGapReason::Replaced, changes });
            return reach;
        }
        open = Some(mark.position);
    }
    reach.close(&mut open, log.to + 1);
    reach
}

impl Reach {
    /// Ends the span before `until`.
    fn close(&mut self, open: &mut Option<u64>, until: u64) {
        if let Some(from) = open.take().filter(|from| *from < until) {
            self.spans.push(Span { from, to: until - 1 });
        }
    }
}

/// Whether the log does not tell what a collection holds.
fn is_strange(defined: &Defined, known: &HashSet<[u8; 16]>) -> bool {
    defined.uuid.is_some_and(|uuid| !known.contains(&uuid))
}

/// Definitions as of a point, where they changed after the backup.
pub(super) fn definitions_at(base: &Base, log: &LogView, point: u64) -> Option<Vec<Defined>> {
    let marks = log.marks.iter().filter(|mark| mark.position > base.time && mark.position <= point);
    marks.filter_map(|mark| DefinitionsMark::decode(&mark.body)?.collections).next_back()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use source::mongo::{ClusterTime, CollectionKind};
    use vault::LogMark;

    use super::*;

    fn defined(uuid: u8) -> Defined {
        Defined {
            name: format!("c{uuid}"),
            kind: CollectionKind::Plain,
            uuid: Some([uuid; 16]),
            options: Bytes::new(),
            indexes: Vec::new(),
        }
    }

    fn mark(since: u64, position: u64, collections: Option<&[u8]>, created: &[u8]) -> LogMark {
        let mark = DefinitionsMark {
            since: ClusterTime::from_number(since),
            collections: collections.map(|uuids| uuids.iter().map(|uuid| defined(*uuid)).collect()),
            created: created.iter().map(|uuid| [*uuid; 16]).collect(),
            changes: vec!["x".into()],
        };
        LogMark { position, body: mark.encode().unwrap() }
    }

    fn log(marks: Vec<LogMark>) -> LogView {
        LogView {
            id: "log".into(),
            begun_at_ms: 0,
            attributes: Default::default(),
            from: 10,
            to: 100,
            marks,
            objects: 0,
            loose: 0,
            packed_bytes: 0,
            first_pack_to: None,
            problem: None,
        }
    }

    fn base(time: u64) -> Base {
        Base { time, known: [[1; 16]].into() }
    }

    fn spans(reach: &Reach) -> Vec<(u64, u64)> {
        reach.spans.iter().map(|span| (span.from, span.to)).collect()
    }

    #[test]
    fn definitions_at_rest_leave_no_gap_and_restless_ones_do() {
        let marks = vec![
            mark(20, 20, Some(&[1]), &[]),
            mark(30, 35, Some(&[1, 2]), &[2]),
            mark(50, 52, None, &[]),
            mark(60, 61, Some(&[2]), &[]),
        ];
        let log = log(marks);
        let found = reach(&base(12), &log);
        assert_eq!(spans(&found), [(12, 19), (20, 29), (35, 49), (61, 100)]);
        assert!(found.holds(29) && !found.holds(30) && found.holds(35) && !found.holds(60));
        assert_eq!(found.broken, None);
        assert_eq!(definitions_at(&base(12), &log, 19), None);
        assert_eq!(definitions_at(&base(12), &log, 40).unwrap().len(), 2);
        assert_eq!(definitions_at(&base(12), &log, 99).unwrap(), [defined(2)]);
    }

    #[test]
    fn a_collection_from_elsewhere_ends_the_reach_until_a_later_backup_knows_it() {
        let log = log(vec![mark(40, 44, Some(&[1, 9]), &[])]);
        let found = reach(&base(12), &log);
        assert_eq!(spans(&found), [(12, 39)]);
        assert_eq!(found.broken.unwrap().reason, PointGapReason::Replaced);
        let later = Base { known: [[1; 16], [9; 16]].into(), ..base(50) };
        assert_eq!(spans(&reach(&later, &log)), [(50, 100)]);
    }

    #[test]
    fn a_mark_of_a_later_version_ends_the_reach() {
        let log = log(vec![LogMark { position: 40, body: b"later".to_vec() }]);
        let found = reach(&base(12), &log);
        assert_eq!(spans(&found), [(12, 39)]);
        assert_eq!(found.broken.unwrap().reason, PointGapReason::Unknown);
    }
}
