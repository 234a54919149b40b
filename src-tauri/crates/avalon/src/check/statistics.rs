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
use crate::sentence;
use crate::sentence::SentenceValue;

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
                let detail =
                    sentence!("statistics of {player} without an ended game", player = &stats.id);
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
        sentence!(
            "{wins} wins of {games} games, not {wins_stored} of {games_stored}",
            wins = due.wins,
            games = due.games,
            wins_stored = stored.wins,
            games_stored = stored.games
        )
    } else if stored.by_role != due.by_role {
        sentence!("another count by role")
    } else if stored.by_size != due.by_size {
        sentence!("another count by size")
    } else if stored.rating != due.rating {
        sentence!(
            "rating {rating}, not {rating_stored}",
            rating = rated(due),
            rating_stored = rated(stored)
        )
    } else {
        return None;
    };
    Some(
        W_STATS.finding(
            None,
            sentence!("{player}: {difference}", player = &stored.id, difference = what),
        ),
    )
}

/// The rating that a document holds.
fn rated(stats: &StatsDoc) -> SentenceValue {
    SentenceValue::or(stats.rating, sentence!("none"))
}

fn missing(due: BTreeMap<PlayerId, StatsDoc>) -> impl Iterator<Item = Finding> {
    due.into_keys().map(|id| {
        W_STATS.finding(None, sentence!("no statistics of {player} are stored", player = id))
    })
}

/// W-RESULT, W-REASON and W-ABORT: an ended game's document tells the end of its log. `report` is
/// the check of that log.
#[must_use]
pub fn check_history(report: &GameReport, stored: &HistoryDoc) -> Vec<Finding> {
    let mut findings = Vec::new();
    let aborted = stored.reason == "aborted";
    if aborted && (stored.winner.is_some() || !stored.deltas.is_empty()) {
        let detail = sentence!("an aborted game has a winner or counts in the statistics");
        findings.push(W_ABORT.finding(None, detail));
    }
    if stored.winner != report.winner {
        findings
            .push(W_RESULT.finding(None, sentence!("the stored winner is not that of the log")));
    }
    let reason = report.reason.map_or("aborted", |reason| reason.as_str());
    if stored.reason != reason {
        findings.push(W_REASON.finding(None, sentence!("the log ends by {reason}", reason)));
    }
    findings
}
