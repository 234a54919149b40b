use futures::TryStreamExt;
use mongodb::bson::doc;

use super::outcome::{SnapshotMoment, SnapshotRow};
use super::{collection, list};
use crate::engine::Engine;
use crate::error::EngineError;
use crate::games::failed;

/// The snapshots of a game.
pub(crate) struct Series {
    /// Those that open, in the order of the events that they were cut after.
    pub(crate) moments: Vec<SnapshotMoment>,
    /// Those that do not.
    pub(crate) unreadable: u32,
}

/// Reads where the snapshots of a game were cut. One that does not open keeps no other from being
/// found.
pub(crate) async fn series(engine: &Engine, game: &str) -> Result<Series, EngineError> {
    let (snapshots, name) = collection(&engine.source()?)?;
    let failed = |error| failed("reading the snapshots of a game", &name, error);
    let vault = engine.vault()?;
    let mut found = snapshots.find(doc! { "game_id": game }).await.map_err(failed)?;
    let mut series = Series { moments: Vec::new(), unreadable: 0 };
    while let Some(document) = found.try_next().await.map_err(failed)? {
        match list::row(&vault, &document).await {
            Some(SnapshotRow { at_seq: Some(seq), id, kind, at, .. }) => {
                series.moments.push(SnapshotMoment { id, seq, kind, at });
            }
            _ => series.unreadable = series.unreadable.saturating_add(1),
        }
    }
    series
        .moments
        .sort_by(|one, other| (one.seq, one.at, &one.id).cmp(&(other.seq, other.at, &other.id)));
    Ok(series)
}
