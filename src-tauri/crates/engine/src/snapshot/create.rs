use avalon::event::{Envelope, Event, Version};
use avalon::snapshot::{Cut, Snapshot, SnapshotType};
use avalon::state::GameState;

use super::outcome::{SnapshotCreateRequest, SnapshotCreated};
use super::prepare;
use super::store::{Chain, store};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::games::GameRecord;

/// Takes a snapshot by hand. Taking the same again changes nothing.
///
/// # Errors
/// When MongoDB or the vault is not connected, there is no such game or event, or the snapshot
/// cannot be written.
pub async fn create(
    engine: &Engine,
    request: &SnapshotCreateRequest,
) -> Result<SnapshotCreated, EngineError> {
    let record = GameRecord::read(engine, &request.game, None).await?;
    let last = record.last_seq();
    let seq = request.seq.unwrap_or(last);
    if seq == 0 || seq > last {
        let reason = format!("the log of {} has the events 1 to {last}", request.game);
        return Err(EngineError::Invalid { field: "seq", reason });
    }
    prepare(engine).await?;
    let snapshot = cut_of(&record, seq, SnapshotType::Manual, engine.context().now_ms())?;
    let mut chain = Chain::read(engine, &request.game).await?;
    let mut created = store(engine, &request.game, &mut chain, &[snapshot]).await?;
    let missing = || EngineError::Worker { detail: "no snapshot was written".to_owned() };
    created.pop().ok_or_else(missing)
}

/// The snapshot of a game right after an event of its log.
pub(crate) fn cut_of(
    record: &GameRecord,
    seq: u64,
    kind: SnapshotType,
    taken_at: i64,
) -> Result<Snapshot, EngineError> {
    cut_at(record, &record.state_at(seq), seq, kind, taken_at)
}

/// [`cut_of`] with the state after that event, for those who have folded the log.
pub(super) fn cut_at(
    record: &GameRecord,
    state: &GameState,
    seq: u64,
    kind: SnapshotType,
    taken_at: i64,
) -> Result<Snapshot, EngineError> {
    let event = record.envelopes().find(|envelope| envelope.seq == seq);
    let event_hash = event.and_then(|envelope| envelope.hash);
    let rules_version = rules_version(record.envelopes());
    cut(state, Cut { kind, taken_at, event_hash, rules_version })
}

/// The snapshot of a state.
pub(crate) fn cut(state: &GameState, cut: Cut) -> Result<Snapshot, EngineError> {
    Snapshot::of(state, cut).map_err(|error| EngineError::Worker { detail: error.to_string() })
}

/// The version of the rules that a log is played by.
pub(crate) fn rules_version<'a>(events: impl IntoIterator<Item = &'a Envelope>) -> Option<Version> {
    events.into_iter().find_map(|envelope| match &envelope.event {
        Event::GameCreated(created) => created.rules_version.clone(),
        _ => None,
    })
}
