//! `diff`: what differs between two moments of a game, or two games, as facts and as a tree.

mod export;
pub mod outcome;
mod structure;
pub mod told;

use avalon::view::{StateView, Viewer, view_state};

use crate::engine::Engine;
use crate::error::EngineError;
use crate::games::GameRecord;
use crate::games::outcome::EventView;
pub use export::{export, write};
use outcome::{DiffRequest, DiffSide, DiffView, GameAt, MomentAt};

/// Compares two moments, each of a game in the database, in a backup or in a snapshot, through one
/// viewer's eyes.
///
/// # Errors
/// When what is to be read is not connected, or holds no such game; when both a backup and a snapshot
/// are named for one side.
pub async fn diff(engine: &Engine, request: &DiffRequest) -> Result<DiffView, EngineError> {
    let DiffRequest { before: first, after: second, viewer } = request;
    let before = read(engine, first, viewer).await?;
    let same = first.game == second.game && first.place == second.place;
    let after = if same { None } else { Some(read(engine, second, viewer).await?) };
    let request = request.clone();
    // Folding two logs is work for the processor.
    tokio::task::spawn_blocking(move || {
        compare(&request, &before, after.as_ref().unwrap_or(&before))
    })
    .await?
}

async fn read(engine: &Engine, at: &GameAt, viewer: &str) -> Result<GameRecord, EngineError> {
    GameRecord::read_at(engine, &at.game, &at.place, viewer).await
}

fn compare(
    request: &DiffRequest,
    before: &GameRecord,
    after: &GameRecord,
) -> Result<DiffView, EngineError> {
    let viewer = Viewer::parse(&request.viewer);
    let (before, old) = side(before, &request.before, &viewer)?;
    let (after, new) = side(after, &request.after, &viewer)?;
    let difference = avalon::diff::diff(&old, &new);
    Ok(DiffView {
        viewer: request.viewer.clone(),
        same_game: difference.same_game,
        outcome: difference.outcome,
        facts: difference.facts,
        structure: structure::members(&before.state, &after.state),
        before,
        after,
    })
}

fn side(
    record: &GameRecord,
    at: &GameAt,
    viewer: &Viewer,
) -> Result<(DiffSide, StateView), EngineError> {
    let last_seq = record.last_seq();
    let seq = record.seq_at(at.seq);
    let seen = view_state(&record.state_at(seq), viewer);
    let mut events = record.events(viewer)?;
    let moment =
        |event: &EventView| Some(MomentAt { seq: event.seq, moment: event.moment.clone()? });
    let side = DiffSide {
        row: record.row().clone(),
        moments: events.iter().filter_map(moment).collect(),
        event: events.iter().position(|event| event.seq == seq).map(|at| events.swap_remove(at)),
        backup: at.place.backup.clone(),
        snapshot: record.snapshot().cloned(),
        place: at.place.clone(),
        seq,
        last_seq,
        seats: record.seats(&seen)?,
        state: serde_json::to_value(&seen)
            .map_err(|error| EngineError::Worker { detail: error.to_string() })?,
    };
    Ok((side, seen))
}
