//! What the ledgers tell of logs.

use std::collections::BTreeMap;

use super::append;
use crate::VaultError;
use crate::check::{Problem, ProblemKind};
use crate::crypto::names::ContentName;
use crate::log::Topics;
use crate::objects::ObjectRef;
use crate::proto::entry::Action;
use crate::proto::{BeginLog, CompactLog, LogPackRef, MarkLog, TrimLog};
use crate::vault::VaultInner;

/// Something that whoever reads a log must know without reading all of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogMark {
    /// The position it speaks of.
    pub position: u64,
    /// Opaque, as given.
    pub body: Vec<u8>,
}

/// Several chunks in one object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PackRef {
    pub(crate) object: ObjectRef,
    /// Numbers of the chunks that it holds.
    pub(crate) first: u64,
    pub(crate) last: u64,
    pub(crate) from: u64,
    pub(crate) to: u64,
    pub(crate) records: u64,
    /// Hash of the last chunk.
    pub(crate) last_hash: [u8; 32],
    /// What its records are about, where that is known.
    pub(crate) topics: Option<Topics>,
}

impl PackRef {
    fn to_message(&self) -> LogPackRef {
        LogPackRef {
            object: Some(self.object.to_message()),
            first: self.first,
            last: self.last,
            from: self.from,
            to: self.to,
            records: self.records,
            last_hash: self.last_hash.to_vec(),
            topics: self.topics.as_ref().map(Topics::to_message),
        }
    }

    fn from_message(message: &LogPackRef) -> Option<Self> {
        Some(Self {
            object: ObjectRef::from_message(message.object.as_ref())?,
            first: message.first,
            last: message.last,
            from: message.from,
            to: message.to,
            records: message.records,
            last_hash: message.last_hash.as_slice().try_into().ok()?,
            topics: message.topics.as_ref().map(Topics::from_message),
        })
    }
}

/// A log as the ledgers tell of it.
#[derive(Debug, Clone)]
pub(crate) struct ListedLog {
    pub(crate) id: String,
    pub(crate) begun_at_ms: i64,
    pub(crate) attributes: BTreeMap<String, String>,
    /// What it holds is later than this.
    pub(crate) from: u64,
    /// In order of position.
    pub(crate) marks: Vec<LogMark>,
    /// What is still kept, in order.
    pub(crate) packs: Vec<PackRef>,
    /// What was let go of, or holds what another pack holds.
    pub(crate) let_go: Vec<ContentName>,
    /// The number of the last chunk that a pack holds, that chunk's hash, and where it ends.
    pub(crate) compacted: Option<(u64, [u8; 32], u64)>,
}

impl ListedLog {
    /// Where the loose chunks begin: number of the chunk before, its hash, its end.
    pub(crate) fn loose_after(&self) -> (u64, Option<[u8; 32]>, u64) {
        match self.compacted {
            Some((last, hash, to)) => (last, Some(hash), to),
            None => (0, None, self.from),
        }
    }
}

/// What entries say of logs, before it is put together.
#[derive(Debug, Default)]
pub(super) struct ToldLogs {
    begun: BTreeMap<String, (BeginLog, i64)>,
    marks: Vec<(String, LogMark)>,
    packs: Vec<(String, PackRef)>,
    trimmed: BTreeMap<String, u64>,
}

impl ToldLogs {
    pub(super) fn begin(&mut self, begin: BeginLog, at_ms: i64) {
        self.begun.entry(begin.log_id.clone()).or_insert((begin, at_ms));
    }

    pub(super) fn mark(&mut self, mark: MarkLog) {
        let MarkLog { log_id, position, body } = mark;
        self.marks.push((log_id, LogMark { position, body }));
    }

    /// What is wrong with the entry, if anything is.
    pub(super) fn compact(&mut self, compact: &CompactLog, key: &str) -> Option<Problem> {
        let packs: Option<Vec<_>> = compact.packs.iter().map(PackRef::from_message).collect();
        let Some(packs) = packs else {
            let detail = "a reference to a pack of a log is not sound";
            return Some(Problem::new(key, ProblemKind::Decode, detail));
        };
        self.packs.extend(packs.into_iter().map(|pack| (compact.log_id.clone(), pack)));
        None
    }

    pub(super) fn trim(&mut self, trim: &TrimLog) {
        let trimmed = self.trimmed.entry(trim.log_id.clone()).or_default();
        *trimmed = (*trimmed).max(trim.position);
    }

    /// The logs, oldest first.
    pub(super) fn settle(self) -> Vec<ListedLog> {
        let Self { begun, mut marks, mut packs, trimmed } = self;
        marks.sort_by_key(|(_, mark)| mark.position);
        // Two writers may have compacted the same chunks at once.
        packs.sort_by_key(|(_, pack)| (pack.first, u64::MAX - pack.last));
        let mut logs: Vec<_> = begun
            .into_values()
            .map(|(begin, begun_at_ms)| {
                let id = begin.log_id;
                let of_log = |(log, mark): &(String, LogMark)| (*log == id).then(|| mark.clone());
                let mut log = ListedLog {
                    begun_at_ms,
                    attributes: begin.attributes,
                    from: begin.from,
                    marks: marks.iter().filter_map(of_log).collect(),
                    packs: Vec::new(),
                    let_go: Vec::new(),
                    compacted: None,
                    id,
                };
                let trimmed = trimmed.get(&log.id).copied().unwrap_or_default();
                let own = packs.iter().filter(|(of, _)| *of == log.id).map(|(_, pack)| pack);
                let own: Vec<_> = own.collect();
                lay(&mut log, &own, trimmed);
                let from = log.from;
                log.marks.retain(|mark| mark.position > from);
                log
            })
            .collect();
        logs.sort_by(|a, b| (a.from, &a.id).cmp(&(b.from, &b.id)));
        logs
    }
}

/// Puts packs in order: each chunk once, and nothing that is not kept any longer.
fn lay(log: &mut ListedLog, packs: &[&PackRef], trimmed: u64) {
    for pack in packs {
        if log.compacted.is_some_and(|(last, ..)| pack.first <= last) {
            log.let_go.push(pack.object.name);
            continue;
        }
        log.compacted = Some((pack.last, pack.last_hash, pack.to));
        if pack.to <= trimmed {
            log.from = log.from.max(pack.to);
            log.let_go.push(pack.object.name);
        } else {
            log.packs.push((*pack).clone());
        }
    }
}

/// Appends the entry from which on a log exists.
pub(crate) async fn begin_log(
    vault: &VaultInner,
    log_id: &str,
    from: u64,
    attributes: BTreeMap<String, String>,
) -> Result<(), VaultError> {
    let begin = BeginLog { log_id: log_id.to_owned(), from, attributes };
    append(vault, Action::BeginLog(begin), 0).await
}

/// Appends a mark of a log.
pub(crate) async fn mark_log(
    vault: &VaultInner,
    log_id: &str,
    mark: LogMark,
) -> Result<(), VaultError> {
    let LogMark { position, body } = mark;
    let mark = MarkLog { log_id: log_id.to_owned(), position, body };
    append(vault, Action::MarkLog(mark), 0).await
}

/// Appends the entry from which on chunks are read from packs.
pub(crate) async fn compact_log(
    vault: &VaultInner,
    log_id: &str,
    packs: &[PackRef],
) -> Result<(), VaultError> {
    let packs = packs.iter().map(PackRef::to_message).collect();
    let compact = CompactLog { log_id: log_id.to_owned(), packs };
    append(vault, Action::CompactLog(compact), 0).await
}

/// Appends the entry from which on the beginning of a log is not kept any longer.
pub(crate) async fn trim_log(
    vault: &VaultInner,
    log_id: &str,
    position: u64,
) -> Result<(), VaultError> {
    append(vault, Action::TrimLog(TrimLog { log_id: log_id.to_owned(), position }), 0).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(first: u64, last: u64) -> PackRef {
        PackRef {
            object: ObjectRef { name: Default::default(), size: 1, hash: [0; 32] },
            first,
            last,
            from: first * 10 - 10,
            to: last * 10,
            records: 1,
            last_hash: [last as u8; 32],
            topics: None,
        }
    }

    fn told(packs: &[PackRef]) -> ToldLogs {
        let mut told = ToldLogs::default();
        told.begin(BeginLog { log_id: "a".into(), ..BeginLog::default() }, 7);
        let packs = packs.iter().map(PackRef::to_message).collect();
        assert_eq!(told.compact(&CompactLog { log_id: "a".into(), packs }, "entry"), None);
        told
    }

    #[test]
    fn chunks_that_two_writers_compacted_count_once() {
        let logs = told(&[pack(1, 3), pack(1, 4), pack(5, 6), pack(4, 6)]).settle();
        let kept: Vec<_> = logs[0].packs.iter().map(|pack| (pack.first, pack.last)).collect();
        assert_eq!(kept, [(1, 4), (5, 6)]);
        assert_eq!(logs[0].loose_after(), (6, Some([6; 32]), 60));
        assert!(logs[0].packs.iter().all(|pack| pack.topics.is_none()), "not known, and not none");
    }

    #[test]
    fn what_was_trimmed_is_not_kept_and_stays_compacted() {
        let mut told = told(&[pack(1, 3), pack(4, 6)]);
        told.trim(&TrimLog { log_id: "a".into(), position: 45 });
        let log = told.settle().remove(0);
        assert_eq!((log.packs.len(), log.from), (1, 30));
        assert_eq!(log.loose_after().0, 6);
    }

    #[test]
    fn an_unsound_reference_is_told() {
        let mut told = told(&[]);
        let packs = vec![LogPackRef::default()];
        let problem = told.compact(&CompactLog { log_id: "a".into(), packs }, "entry").unwrap();
        assert_eq!(problem.object, "entry");
    }
}
