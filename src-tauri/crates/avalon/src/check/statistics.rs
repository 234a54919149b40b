//! Ended games and the statistics that are summed up from them.

use std::collections::BTreeMap;

use crate::check::GameReport;
use crate::document::{HistoryDoc, StatsDoc};
use crate::id::PlayerId;
use crate::invariant::{
    Finding,
    assassination::{W_ABORT, W_REASON, W_RESULT, W_STATS},
};
use crate::rating::StatsFold;

/// W-STATS: every stored document equals the fold over the ended games, and none is missing.
#[must_use]
pub fn check_statistics<'a>(
    history: impl IntoIterator<Item = &'a HistoryDoc>,
    stored: &[StatsDoc],
) -> Vec<Finding> {
    let mut fold = StatsFold::default();
    for game in history {
        fold.add(game);
    }
    let mut due = fold.into_stats();
    let mut findings = Vec::new();
    for stats in stored {
        match due.remove(&stats.id) {
            None if stats.games == 0 => {}
            None => {
                let detail = format!("statistics of {} without an ended game", stats.id);
                findings.push(W_STATS.finding(None, detail));
            }
            Some(due) => findings.extend(difference(stats, &due)),
        }
    }
    findings.extend(missing(due));
    findings
}

fn difference(stored: &StatsDoc, due: &StatsDoc) -> Option<Finding> {
    let what = if (stored.games, stored.wins) != (due.games, due.wins) {
        format!("{} wins of {} games, not {} of {}", due.wins, due.games, stored.wins, stored.games)
    } else if stored.by_role != due.by_role {
        "another count by role".to_owned()
    } else if stored.by_size != due.by_size {
        "another count by size".to_owned()
    } else if stored.rating != due.rating {
        format!("rating {:?}, not {:?}", due.rating, stored.rating)
    } else {
        return None;
    };
    Some(W_STATS.finding(None, format!("{}: {what}", stored.id)))
}

fn missing(due: BTreeMap<PlayerId, StatsDoc>) -> impl Iterator<Item = Finding> {
    due.into_keys().map(|id| W_STATS.finding(None, format!("no statistics of {id} are stored")))
}

/// W-RESULT, W-REASON and W-ABORT: an ended game's document tells the end of its log. `report` is
/// the check of that log.
#[must_use]
pub fn check_history(report: &GameReport, stored: &HistoryDoc) -> Vec<Finding> {
    let mut findings = Vec::new();
    let aborted = stored.reason == "aborted";
    if aborted && (stored.winner.is_some() || !stored.deltas.is_empty()) {
        let detail = "an aborted game has a winner or counts in the statistics";
        findings.push(W_ABORT.finding(None, detail));
    }
    if stored.winner != report.winner {
        findings.push(W_RESULT.finding(None, "the stored winner is not that of the log"));
    }
    let reason = report.reason.map_or("aborted", |reason| reason.as_str());
    if stored.reason != reason {
        findings.push(W_REASON.finding(None, format!("the log ends by {reason}")));
    }
    findings
}
