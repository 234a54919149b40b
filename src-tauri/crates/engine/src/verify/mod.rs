//! `verify`: one backup, or a whole store, to a level of the ladder.

pub mod outcome;
mod run;

pub use run::{run, run_store, start, start_store};

use control::VerificationRecord;

use crate::backup::outcome::{Level, VerificationView};
use crate::engine::Engine;
use crate::error::EngineError;

/// Remembers a verification of a set.
pub(crate) async fn record(
    engine: &Engine,
    backup: &str,
    level: Option<Level>,
    problems: u64,
) -> Result<(), EngineError> {
    let record = VerificationRecord {
        backup: backup.to_owned(),
        level: level.map(|level| level_name(level).to_owned()),
        at: engine.context().now_ms(),
        ok: problems == 0,
        problems,
    };
    engine.control(move |control| control.insert_verification(&record)).await
}

/// Verifications remembered of one set, or of all: set and view, newest first.
pub(crate) async fn known(
    engine: &Engine,
    backup: Option<&str>,
) -> Result<Vec<(String, VerificationView)>, EngineError> {
    let backup = backup.map(str::to_owned);
    let records = engine.control(move |control| control.verifications(backup.as_deref())).await?;
    Ok(records
        .into_iter()
        .map(|record| {
            let view = VerificationView {
                level: record.level.as_deref().and_then(level_of),
                at: record.at,
                ok: record.ok,
                problems: record.problems,
            };
            (record.backup, view)
        })
        .collect())
}

/// What to show of a set: a failure that nothing newer took back, else the highest level reached.
pub(crate) fn best(known: &[(String, VerificationView)], backup: &str) -> Option<VerificationView> {
    let mut of_set = known.iter().filter(|(set, _)| set == backup).map(|(_, view)| view);
    let newest = of_set.next()?;
    if !newest.ok {
        return Some(newest.clone());
    }
    let since_failure = of_set.take_while(|view| view.ok);
    Some(since_failure.fold(newest, |best, view| if view.level > best.level { view } else { best }))
        .cloned()
}

const LEVELS: [(Level, &str); 5] =
    [(Level::L0, "L0"), (Level::L1, "L1"), (Level::L2, "L2"), (Level::L3, "L3"), (Level::L4, "L4")];

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
        ("B".to_owned(), VerificationView { level, at, ok, problems: u64::from(!ok) })
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
}
