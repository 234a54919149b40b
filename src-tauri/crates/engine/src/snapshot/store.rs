//! Writing snapshots: each a delta to the one before, all of a game kept until the same day.
//!
//! Order of writes: what the new ones stand on is read first, then all of the game are kept as long
//! as the new ones will be, then the new ones are inserted in order. A kill leaves older ones that
//! are kept longer, or a beginning of the new ones.

use avalon::snapshot::Snapshot;
use mongodb::Collection;
use mongodb::bson::{DateTime, Document, doc};
use mongodb::error::{Error, ErrorKind};
use vault::VaultError;

use super::body::{self, Opened};
use super::outcome::{SnapshotCreated, SnapshotRow};
use super::{collection, show, stored};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::games::failed;

/// Snapshots are kept to the end of a day, so that those of one day need not be moved.
const DAY_MS: i64 = 24 * 3_600_000;
/// What the server calls a document whose `_id` is taken.
const DUPLICATE_KEY: i32 = 11_000;

/// What the next snapshot of a game stands on; nothing where there is none.
#[derive(Debug, Clone, Default)]
pub(crate) struct Chain {
    /// Unix time in milliseconds until which the game's snapshots are kept.
    expires_at: Option<i64>,
    /// When the newest one was taken.
    taken_at: Option<i64>,
    /// The newest one; none when it is damaged: a keyframe follows.
    newest: Option<Opened>,
}

impl Chain {
    /// Reads the newest snapshot of a game.
    pub(crate) async fn read(engine: &Engine, game: &str) -> Result<Self, EngineError> {
        let (snapshots, name) = collection(&engine.source()?)?;
        let newest = snapshots
            .find_one(doc! { "game_id": game })
            .sort(doc! { "timestamp": -1, "_id": -1 })
            .await
            .map_err(|error| failed("looking for a game's newest snapshot", &name, error))?;
        let Some(newest) = newest else { return Ok(Self::default()) };
        let time = |member| newest.get_datetime(member).ok().map(|at| at.timestamp_millis());
        let opened = match show::open(engine, &newest).await {
            Ok(opened) => Some(opened),
            Err(error) if is_unusable(&error) => {
                tracing::warn!(%error, game, "the newest snapshot does not open; a keyframe follows");
                None
            }
            Err(error) => return Err(error),
        };
        let (expires_at, taken_at) = (time("expireAt"), time("timestamp"));
        Ok(Self { expires_at, taken_at, newest: opened })
    }

    /// When the newest one was taken and the event that it was cut after, where that is known.
    pub(crate) fn last(&self) -> (Option<i64>, Option<u64>) {
        (self.taken_at, self.newest.as_ref().map(|newest| newest.at_seq))
    }
}

/// When the newest snapshot of any game was taken, Unix milliseconds; none before the first.
pub(crate) async fn newest_at(engine: &Engine) -> Result<Option<i64>, EngineError> {
    let (snapshots, name) = collection(&engine.source()?)?;
    let newest = snapshots
        .find_one(doc! {})
        .sort(doc! { "timestamp": -1, "_id": -1 })
        .projection(doc! { "timestamp": 1 })
        .await
        .map_err(|error| failed("looking for the newest snapshot", &name, error))?;
    Ok(newest.and_then(|newest| Some(newest.get_datetime("timestamp").ok()?.timestamp_millis())))
}

/// Writes snapshots of one game, in order. One that is there already stays as it is.
pub(crate) async fn store(
    engine: &Engine,
    game: &str,
    chain: &mut Chain,
    mut left: &[Snapshot],
) -> Result<Vec<SnapshotCreated>, EngineError> {
    let (snapshots, name) = collection(&engine.source()?)?;
    let mut done = Vec::new();
    while !left.is_empty() {
        let expires_at = keep(engine, &snapshots, &name, game, chain, left).await?;
        engine.context().crash.pass("snapshot.kept")?;
        let (documents, newest) = sealed(engine, chain, left, expires_at)?;
        let taken = match snapshots.insert_many(&documents).await {
            Ok(_) => None,
            Err(error) => match place_taken(&error) {
                Some(at) => Some(at),
                None => return Err(failed("writing snapshots", &name, error)),
            },
        };
        engine.context().crash.pass("snapshot.inserted")?;
        let written = taken.unwrap_or(documents.len());
        for (document, snapshot) in documents.iter().zip(left).take(written) {
            done.push(SnapshotCreated { row: row(document, snapshot)?, created: true });
        }
        let Some(at) = taken else {
            let taken_at = left.last().map(|snapshot| snapshot.timestamp);
            *chain = Chain { expires_at: Some(expires_at), taken_at, newest };
            break;
        };
        if let (Some(document), Some(snapshot)) = (documents.get(at), left.get(at)) {
            done.push(known(&snapshots, &name, document, snapshot).await?);
        }
        // What follows was made to stand on one that is another there.
        left = left.get(at + 1..).unwrap_or_default();
        *chain = Chain::read(engine, game).await?;
    }
    Ok(done)
}

/// How many of these were not there before.
pub(crate) fn new_among(stored: &[SnapshotCreated]) -> u64 {
    stored.iter().filter(|one| one.created).count() as u64
}

/// Until when the snapshots of a game are kept, these among them; the others are moved there first:
/// a keyframe never goes before its deltas.
async fn keep(
    engine: &Engine,
    snapshots: &Collection<Document>,
    name: &str,
    game: &str,
    chain: &Chain,
    new: &[Snapshot],
) -> Result<i64, EngineError> {
    let keep_ms = i64::from(engine.connections().snapshots.keep_days) * DAY_MS;
    let last = new.iter().map(|snapshot| snapshot.timestamp).max().unwrap_or_default();
    let day_after = |ms: i64| (ms.div_euclid(DAY_MS) + 1) * DAY_MS;
    let wanted = day_after(last + keep_ms);
    match chain.expires_at {
        Some(at) if at >= wanted => Ok(at),
        None => Ok(wanted),
        Some(_) => {
            let later = doc! { "$max": { "expireAt": DateTime::from_millis(wanted) } };
            let moved = snapshots.update_many(doc! { "game_id": game }, later).await;
            moved.map_err(|error| failed("keeping the snapshots of a game", name, error))?;
            Ok(wanted)
        }
    }
}

/// The documents of snapshots, and the last of them as the next stands on it.
fn sealed(
    engine: &Engine,
    chain: &Chain,
    snapshots: &[Snapshot],
    expires_at: i64,
) -> Result<(Vec<Document>, Option<Opened>), EngineError> {
    let vault = engine.vault()?;
    let mut newest = chain.newest.clone();
    let mut documents = Vec::with_capacity(snapshots.len());
    for snapshot in snapshots {
        let (body, opened) = body::seal(&vault, snapshot, newest.as_ref())?;
        documents.push(stored::document(&vault, snapshot, body, expires_at));
        newest = Some(opened);
    }
    Ok((documents, newest))
}

/// The one that is there in place of `document`.
async fn known(
    snapshots: &Collection<Document>,
    name: &str,
    document: &Document,
    snapshot: &Snapshot,
) -> Result<SnapshotCreated, EngineError> {
    let id = document.get_str("_id").unwrap_or_default();
    let found = snapshots
        .find_one(doc! { "_id": id })
        .await
        .map_err(|error| failed("reading a snapshot", name, error))?;
    Ok(SnapshotCreated { row: row(found.as_ref().unwrap_or(document), snapshot)?, created: false })
}

fn row(document: &Document, snapshot: &Snapshot) -> Result<SnapshotRow, EngineError> {
    let row = stored::row(document).ok_or_else(|| EngineError::SnapshotUnusable {
        id: snapshot.snapshot_id.clone(),
        detail: "what is in plain of it does not fit".to_owned(),
    })?;
    Ok(SnapshotRow { at_seq: snapshot.at_seq(), ..row })
}

/// Which of the documents of an insert in order has an `_id` that is taken.
fn place_taken(error: &Error) -> Option<usize> {
    let ErrorKind::InsertMany(error) = error.kind.as_ref() else { return None };
    let first = error.write_errors.as_ref()?.first()?;
    (first.code == DUPLICATE_KEY).then_some(first.index)
}

/// Whether a snapshot cannot be stood on.
fn is_unusable(error: &EngineError) -> bool {
    match error {
        EngineError::SnapshotUnusable { .. } | EngineError::SnapshotTooNew { .. } => true,
        EngineError::Vault(error) => matches!(error.as_ref(), VaultError::Damaged { .. }),
        _ => false,
    }
}
