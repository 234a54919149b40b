use avalon::event::Event;
use avalon::snapshot::{Cut, Snapshot, SnapshotError, SnapshotType};
use mongodb::bson::{DateTime, Document, doc};
use mongodb::error::{ErrorKind, WriteFailure};
use vault::VaultError;

use super::body::{self, Opened};
use super::outcome::{SnapshotCreateRequest, SnapshotCreated, SnapshotRow};
use super::{collection, show, stored};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::games::{GameRecord, failed};

/// How long the snapshots of a game are kept after the last one was taken.
const KEPT_MS: i64 = 90 * 24 * 3_600_000;
/// What the server calls a document whose `_id` is taken.
const DUPLICATE_KEY: i32 = 11_000;

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
    let taken_at = engine.context().now_ms();
    let snapshot = cut(&record, seq, SnapshotType::Manual, taken_at)?;
    write(engine, &snapshot, seq).await
}

/// The snapshot of a game right after an event.
fn cut(
    record: &GameRecord,
    seq: u64,
    kind: SnapshotType,
    taken_at: i64,
) -> Result<Snapshot, EngineError> {
    let rules_version = record.envelopes().find_map(|envelope| match &envelope.event {
        Event::GameCreated(created) => created.rules_version.clone(),
        _ => None,
    });
    let event = record.envelopes().find(|envelope| envelope.seq == seq);
    let event_hash = event.and_then(|envelope| envelope.hash);
    let cut = Cut { kind, taken_at, event_hash, rules_version };
    Snapshot::of(&record.state_at(seq), cut).map_err(unwritable)
}

fn unwritable(error: SnapshotError) -> EngineError {
    EngineError::Worker { detail: error.to_string() }
}

/// Writes a snapshot, as a delta to the newest of its game. The others are kept longer first: a
/// keyframe never goes before its deltas.
async fn write(
    engine: &Engine,
    snapshot: &Snapshot,
    at_seq: u64,
) -> Result<SnapshotCreated, EngineError> {
    let (source, vault) = (engine.source()?, engine.vault()?);
    let (snapshots, name) = collection(&source)?;
    stored::ensure_indexes(&snapshots, &name).await?;
    let game = snapshot.game_id.as_str();
    let expires_at = snapshot.timestamp + KEPT_MS;
    let later = doc! { "$max": { "expireAt": DateTime::from_millis(expires_at) } };
    snapshots
        .update_many(doc! { "game_id": game }, later)
        .await
        .map_err(|error| failed("keeping the snapshots of a game", &name, error))?;

    let newest = newest(engine, game).await?;
    // A clock that was put back must not part it from the others.
    let expires_at = newest.as_ref().map_or(expires_at, |newest| newest.expires_at.max(expires_at));
    let base = newest.as_ref().and_then(|newest| newest.opened.as_ref());
    let body = body::seal(&vault, &snapshot.snapshot_id, at_seq, snapshot, base)?;
    let stored = stored::document(&vault, snapshot, body, expires_at);
    match snapshots.insert_one(&stored).await {
        Ok(_) => Ok(SnapshotCreated { row: row(snapshot, &stored)?, created: true }),
        Err(error) if is_taken(&error) => {
            let known = snapshots
                .find_one(doc! { "_id": &snapshot.snapshot_id })
                .await
                .map_err(|error| failed("reading a snapshot", &name, error))?;
            let known = known.unwrap_or(stored);
            Ok(SnapshotCreated { row: row(snapshot, &known)?, created: false })
        }
        Err(error) => Err(failed("writing a snapshot", &name, error)),
    }
}

fn row(snapshot: &Snapshot, stored: &Document) -> Result<SnapshotRow, EngineError> {
    let row = stored::row(stored).ok_or_else(|| EngineError::SnapshotUnusable {
        id: snapshot.snapshot_id.clone(),
        detail: "what is in plain of it does not fit".to_owned(),
    })?;
    Ok(SnapshotRow { at_seq: snapshot.at_seq(), ..row })
}

fn is_taken(error: &mongodb::error::Error) -> bool {
    matches!(
        error.kind.as_ref(),
        ErrorKind::Write(WriteFailure::WriteError(error)) if error.code == DUPLICATE_KEY
    )
}

/// The newest snapshot of a game.
struct Newest {
    /// Unix time in milliseconds until which the game's snapshots are kept.
    expires_at: i64,
    /// What the next is a delta to; none when it is damaged.
    opened: Option<Opened>,
}

async fn newest(engine: &Engine, game: &str) -> Result<Option<Newest>, EngineError> {
    let (snapshots, name) = collection(&engine.source()?)?;
    let newest = snapshots
        .find_one(doc! { "game_id": game })
        .sort(doc! { "timestamp": -1, "_id": -1 })
        .await
        .map_err(|error| failed("looking for a game's newest snapshot", &name, error))?;
    let Some(newest) = newest else { return Ok(None) };
    let expires_at = newest.get_datetime("expireAt").map_or(0, |at| at.timestamp_millis());
    let opened = match show::open(engine, &newest).await {
        Ok(opened) => Some(opened),
        Err(error) if is_damage(&error) => {
            tracing::warn!(%error, game, "the newest snapshot does not open; a keyframe follows");
            None
        }
        Err(error) => return Err(error),
    };
    Ok(Some(Newest { expires_at, opened }))
}

fn is_damage(error: &EngineError) -> bool {
    match error {
        EngineError::SnapshotUnusable { .. } => true,
        EngineError::Vault(error) => matches!(error.as_ref(), VaultError::Damaged { .. }),
        _ => false,
    }
}
