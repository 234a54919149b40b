use avalon::diff::diff;
use avalon::invariant::Finding;
use avalon::view::{Viewer, view_state};
use serde::Serialize;
use serde_json::Value;

use super::outcome::{FindingView, GameShowRequest, GameView};
use super::record::GameRecord;
use super::table;
use crate::engine::Engine;
use crate::error::EngineError;

/// One game after an event, as the viewer may see it: as it stands in the database, or as a backup or
/// a snapshot keeps it. Also a game of which only the log is left, or only snapshots are.
///
/// # Errors
/// When what is to be read is not connected, or holds no such game; when two places are named, or
/// edits that cannot be.
pub async fn show(engine: &Engine, request: &GameShowRequest) -> Result<GameView, EngineError> {
    let GameShowRequest { id, place, viewer, .. } = request;
    let record = GameRecord::read_at(engine, id, place, viewer).await?;
    let request = request.clone();
    // Judging a log is work for the processor.
    tokio::task::spawn_blocking(move || view(&request, &record)).await?
}

fn view(request: &GameShowRequest, record: &GameRecord) -> Result<GameView, EngineError> {
    let viewer = Viewer::parse(&request.viewer);
    let last_seq = record.last_seq();
    let seq = record.seq_at(request.seq);
    let seen = view_state(&record.state_at(seq), &viewer);
    let before = view_state(&record.state_before(seq), &viewer);
    Ok(GameView {
        viewer: request.viewer.clone(),
        backup: request.place.backup.clone(),
        snapshot: record.snapshot().cloned(),
        file: request.place.file.clone(),
        event_log: record.log_place().cloned(),
        what_if: record.what_if().map(|what_if| what_if.view.clone()),
        seq,
        last_seq,
        phase: seen.phase.as_str().to_owned(),
        quest: u32::from(seen.quest),
        attempt: u32::from(seen.attempt),
        vote_track: u32::from(seen.vote_track),
        seats: record.seats(&seen)?,
        quests: table::quests(&seen),
        events: if request.moment_only { Vec::new() } else { record.events(&viewer)? },
        changes: diff(&before, &seen).facts,
        // A finding may tell what its evidence is: a role, a vote, a card.
        findings: match viewer {
            Viewer::God if !request.moment_only => {
                record.findings().into_iter().map(finding).collect::<Result<_, _>>()?
            }
            _ => Vec::new(),
        },
        winner: seen.winner,
        reason: seen.reason.map(|reason| reason.as_str().to_owned()),
        state: to_value(&seen)?,
        row: record.row().clone(),
    })
}

fn finding(finding: Finding) -> Result<FindingView, EngineError> {
    Ok(FindingView {
        severity: text(&finding.severity)?,
        repair: text(&finding.repair)?,
        id: finding.id,
        seq: finding.seq,
        detail: finding.detail,
        sentence: finding.sentence,
    })
}

pub(super) fn to_value<T: Serialize>(value: &T) -> Result<Value, EngineError> {
    serde_json::to_value(value).map_err(|error| EngineError::Worker { detail: error.to_string() })
}

/// The wire spelling of a name.
pub(super) fn text<T: Serialize>(value: &T) -> Result<String, EngineError> {
    Ok(match to_value(value)? {
        Value::String(text) => text,
        other => other.to_string(),
    })
}
