//! `verify`: one backup, or a whole store, to a level of the ladder.

mod coverage;
mod invariants;
mod logs;
pub mod outcome;
mod parts;
mod rules;
mod run;

pub(crate) use run::object_problem;
pub use run::{run, run_store, start, start_store};

use control::VerificationRecord;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::backup::outcome::{CoverageView, Level, VerificationView};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::stores::outcome::StoreName;
use outcome::{InvariantStatus, InvariantVerdict, InvariantView};

/// What is remembered of a verification beside its level.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Detail {
    pub(crate) coverage: Option<CoverageView>,
    pub(crate) invariants: Vec<InvariantView>,
}

/// Remembers a verification of a whole set.
pub(crate) async fn record(
    engine: &Engine,
    backup: &str,
    level: Option<Level>,
    problems: u64,
) -> Result<(), EngineError> {
    record_with(engine, backup, level, problems, &Detail::default()).await
}

/// Remembers a verification of a set.
pub(crate) async fn record_with(
    engine: &Engine,
    backup: &str,
    level: Option<Level>,
    problems: u64,
    detail: &Detail,
) -> Result<(), EngineError> {
    let record = VerificationRecord {
        backup: format!("{}{backup}", prefix(engine.connections().store)),
        level: level.map(|level| level_name(level).to_owned()),
        at: engine.context().now_ms(),
        ok: problems == 0,
        problems,
        detail: json!(detail),
    };
    engine.control(move |control| control.insert_verification(&record)).await
}

/// Remembers a check, or a repair, of a whole store.
pub(crate) async fn record_store(
    engine: &Engine,
    store: StoreName,
    problems: u64,
) -> Result<(), EngineError> {
    let record = VerificationRecord {
        backup: format!("{WHOLE}{}", store.name()),
        level: Some(level_name(Level::L3).to_owned()),
        at: engine.context().now_ms(),
        ok: problems == 0,
        problems,
        detail: json!(Detail::default()),
    };
    engine.control(move |control| control.insert_verification(&record)).await
}

/// The newest check known of each store.
pub(crate) async fn known_stores(
    engine: &Engine,
) -> Result<Vec<(StoreName, VerificationRecord)>, EngineError> {
    let records = engine.control(|control| control.verifications(None)).await?;
    let mut newest: Vec<(StoreName, VerificationRecord)> = Vec::new();
    for record in records {
        let name = record.backup.strip_prefix(WHOLE).and_then(StoreName::named);
        if let Some(name) = name
            && newest.iter().all(|(known, _)| *known != name)
        {
            newest.push((name, record));
        }
    }
    Ok(newest)
}

/// What is remembered of a whole store instead of a set.
const WHOLE: &str = "store:";

/// Stores hold sets of the same ids, and each is sound or damaged on its own.
fn prefix(store: StoreName) -> String {
    match store {
        StoreName::Primary => String::new(),
        other => format!("{}:", other.name()),
    }
}

/// Verifications remembered of one set, or of all: set and view, newest first.
pub(crate) async fn known(
    engine: &Engine,
    backup: Option<&str>,
) -> Result<Vec<(String, VerificationView)>, EngineError> {
    let prefix = prefix(engine.connections().store);
    let backup = backup.map(|backup| format!("{prefix}{backup}"));
    let records = engine.control(move |control| control.verifications(backup.as_deref())).await?;
    Ok(records
        .into_iter()
        .filter_map(|record| {
            let backup = record.backup.strip_prefix(&prefix)?;
            // A colon: of another store, or of a whole one.
            let backup = Some(backup).filter(|backup| !backup.contains(':'))?.to_owned();
            // What an older or newer release remembered otherwise is none.
            let detail: Detail = serde_json::from_value(record.detail).unwrap_or_default();
            let level = record.level.as_deref().and_then(level_of);
            let view = VerificationView {
                level,
                proven: proven(level, detail.coverage.as_ref()),
                at: record.at,
                ok: record.ok,
                problems: record.problems,
                coverage: detail.coverage,
                findings: broken(&detail.invariants),
            };
            Some((backup, view))
        })
        .collect())
}

/// What is known of each invariant of a set: the newest verdict, else why there is none yet.
pub(crate) async fn invariants(
    engine: &Engine,
    backup: &str,
) -> Result<Vec<InvariantStatus>, EngineError> {
    let backup = format!("{}{backup}", prefix(engine.connections().store));
    let records = engine.control(move |control| control.verifications(Some(&backup))).await?;
    let statuses = records.into_iter().map(|record| {
        let detail: Detail = serde_json::from_value(record.detail).unwrap_or_default();
        let (at, level) = (record.at, record.level.as_deref().and_then(level_of));
        let status = move |invariant| InvariantStatus { invariant, at, level };
        detail.invariants.into_iter().map(status).collect()
    });
    Ok(newest(statuses))
}

/// Of each invariant the newest verdict; `runs` are newest first.
fn newest(runs: impl Iterator<Item = Vec<InvariantStatus>>) -> Vec<InvariantStatus> {
    let mut known: Vec<InvariantStatus> = Vec::new();
    for status in runs.flatten() {
        match known.iter_mut().find(|known| known.invariant.id == status.invariant.id) {
            Some(known) if known.invariant.verdict == InvariantVerdict::NotJudged => {
                if status.invariant.verdict != InvariantVerdict::NotJudged {
                    *known = status;
                }
            }
            Some(_) => {}
            None => known.push(status),
        }
    }
    known
}

/// Ids of the invariants that are broken.
fn broken(invariants: &[InvariantView]) -> Vec<String> {
    let broken = invariants.iter().filter(|one| one.verdict == InvariantVerdict::Broken);
    broken.map(|one| one.id.clone()).collect()
}

/// The level that was reached for everything. A trial restore reads all of it.
fn proven(level: Option<Level>, coverage: Option<&CoverageView>) -> Option<Level> {
    match coverage {
        Some(coverage) if !coverage.complete && level < Some(Level::L4) => {
            level.min(Some(Level::L1))
        }
        _ => level,
    }
}

/// What to show of a set: a failure that nothing newer took back, else the highest level reached for
/// everything, a sample counting where nothing else was. A failure is taken back by what read all of
/// it to a higher level than it had reached.
pub(crate) fn best(known: &[(String, VerificationView)], backup: &str) -> Option<VerificationView> {
    let of_set = known.iter().filter(|(set, _)| set == backup).map(|(_, view)| view);
    let reach = |view: &VerificationView| (view.proven, view.level);
    let mut best: Option<&VerificationView> = None;
    for view in of_set {
        if !view.ok {
            let healed = best.is_some_and(|best| best.proven > view.level);
            return if healed { best.cloned() } else { Some(view.clone()) };
        }
        if best.is_none_or(|best| reach(view) > reach(best)) {
            best = Some(view);
        }
    }
    best.cloned()
}

const LEVELS: [(Level, &str); 6] = [
    (Level::L0, "L0"),
    (Level::L1, "L1"),
    (Level::L2, "L2"),
    (Level::L3, "L3"),
    (Level::L4, "L4"),
    (Level::L5, "L5"),
];

fn level_name(level: Level) -> &'static str {
    LEVELS.iter().find(|(known, _)| *known == level).map_or("L0", |(_, name)| name)
}

fn level_of(name: &str) -> Option<Level> {
    LEVELS.iter().find(|(_, known)| *known == name).map(|(level, _)| *level)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(level: Option<Level>, at: i64, ok: bool) -> (String, VerificationView) {
        let problems = u64::from(!ok);
        let view = VerificationView {
            level,
            proven: level,
            at,
            ok,
            problems,
            coverage: None,
            findings: vec![],
        };
        ("B".to_owned(), view)
    }

    #[test]
    fn the_highest_level_counts_until_something_fails() {
        assert_eq!(best(&[], "B"), None);
        let good = [view(Some(Level::L1), 3, true), view(Some(Level::L3), 2, true)];
        assert_eq!(best(&good, "B").unwrap().level, Some(Level::L3));
        let failed = [view(Some(Level::L1), 3, false), view(Some(Level::L3), 2, true)];
        assert_eq!(best(&failed, "B").unwrap().at, 3);
        let healed =
            [view(Some(Level::L2), 4, true), view(None, 3, false), view(Some(Level::L3), 2, true)];
        assert_eq!(best(&healed, "B").unwrap().level, Some(Level::L2));
        assert_eq!(best(&good, "C"), None);
    }

    #[test]
    fn the_newest_verdict_on_an_invariant_stands_until_another_is_reached() {
        use InvariantVerdict::{Broken, Holds, NotJudged};
        use avalon::invariant::{Repair, Severity};
        let status = |id: &str, verdict, at| InvariantStatus {
            invariant: InvariantView {
                id: id.into(),
                severity: Severity::F,
                repair: Repair::Auto,
                verdict,
                reason: None,
                count: 0,
                details: vec![],
                sentences: vec![],
            },
            at,
            level: None,
        };
        let runs = [
            vec![status("A", NotJudged, 3), status("B", NotJudged, 3)],
            vec![status("A", Broken, 2), status("B", NotJudged, 2)],
            vec![status("A", Holds, 1)],
        ];
        let known: Vec<_> = newest(runs.into_iter())
            .into_iter()
            .map(|known| (known.invariant.id, known.invariant.verdict, known.at))
            .collect();
        assert_eq!(known, [("A".into(), Broken, 2), ("B".into(), NotJudged, 3)]);
    }

    #[test]
    fn a_sample_proves_the_structure_and_takes_no_damage_back() {
        let coverage = |read| CoverageView::of(vault::Coverage { segments: 9, read });
        let sampled = |level, at, read| {
            let mut one = view(Some(level), at, true);
            one.1.coverage = Some(coverage(read));
            one.1.proven = proven(one.1.level, one.1.coverage.as_ref());
            one
        };
        let found = view(Some(Level::L1), 2, false);
        assert_eq!(best(&[sampled(Level::L3, 3, 4), found.clone()], "B").unwrap().at, 2);
        assert_eq!(best(&[view(Some(Level::L1), 3, true), found.clone()], "B").unwrap().at, 2);
        assert_eq!(best(&[sampled(Level::L3, 3, 9), found], "B").unwrap().at, 3);
        // Every byte read counts for more than a part of them decoded.
        let both = [sampled(Level::L3, 3, 4), view(Some(Level::L2), 2, true)];
        assert_eq!(best(&both, "B").unwrap().at, 2);
        let shown = best(&[sampled(Level::L3, 3, 4), view(Some(Level::L1), 2, true)], "B").unwrap();
        assert_eq!((shown.level, shown.proven), (Some(Level::L3), Some(Level::L1)));
    }
}
