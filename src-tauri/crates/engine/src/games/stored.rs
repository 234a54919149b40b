//! What is stored of a game beside its log, held against the log.

use avalon::check::statistics::check_history;
use avalon::check::stored::check_stored_state;
use avalon::check::{GameReport, check_log};
use avalon::document::HistoryDoc;
use avalon::invariant::Finding;
use avalon::invariant::log::E_REPLAY;
use avalon::sentence;
use mongodb::bson::Document;
use source::mongo::MongoSource;

use super::live::document;
use super::record::{GameRecord, HISTORY, LIVE};
use super::row::number;
use crate::error::EngineError;
use crate::wire;

/// What the rules say about a game's log, and what of its two documents, the live one and the one of
/// the history, is not as the log makes it.
///
/// # Errors
/// When MongoDB does not answer.
pub(crate) async fn replay_findings(
    source: &MongoSource,
    record: &GameRecord,
) -> Result<Vec<Finding>, EngineError> {
    let id = record.row().id.as_str();
    let log = record.parsed();
    let report = check_log(log);
    let mut findings = record.unreadable().to_vec();
    findings.extend(report.findings.iter().cloned());
    if let Some(live) = document(source, LIVE, id).await? {
        match live.get("state") {
            Some(state) => findings.extend(check_stored_state(log, &wire::plain(state)?)),
            None => {
                let seq = number(live.get("seq")).map(i64::unsigned_abs);
                findings.push(E_REPLAY.finding(seq, sentence!("the live document has no state")));
            }
        }
    }
    if let Some(history) = document(source, HISTORY, id).await? {
        findings.extend(of_history(record, &report, &history)?);
    }
    Ok(findings)
}

/// The history tells the end of the log, and holds the hash of its last state.
fn of_history(
    record: &GameRecord,
    report: &GameReport,
    history: &Document,
) -> Result<Vec<Finding>, EngineError> {
    let last = number(history.get("lastSeq")).map(i64::unsigned_abs);
    let stored: HistoryDoc = match serde_json::from_value(wire::plain(&history.clone().into())?) {
        Ok(stored) => stored,
        Err(error) => {
            let detail = sentence!(
                "the history's document cannot be read: {problem}",
                problem = error.to_string()
            );
            return Ok(vec![E_REPLAY.finding(last, detail)]);
        }
    };
    let mut findings = check_history(report, &stored);
    let replayed = record.state_at(stored.last_seq).state_hash();
    let replayed = replayed.map_err(|error| EngineError::Worker { detail: error.to_string() })?;
    if stored.state_hash != replayed.to_string() {
        let detail = sentence!("the history's hash is not that of the replayed state");
        findings.push(E_REPLAY.finding(last, detail));
    }
    Ok(findings)
}
