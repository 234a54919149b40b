//! The places that a game is read out of.

use avalon::view::Viewer;

use super::event_log::{self, LoggedGame};
use super::outcome::GamePlace;
use super::record::GameRecord;
use super::what_if;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::lately::Lately;
use crate::open;

/// Games read lately out of backups and the event log: a step through one does not read it out of the
/// store again. What a backup holds never changes, and a log only grows.
#[derive(Debug, Default)]
pub(crate) struct ReadLately {
    /// By vault, backup and game.
    pub(super) backups: Lately<[String; 3], GameRecord>,
    /// By vault and game.
    pub(super) logs: Lately<[String; 2], LoggedGame>,
}

impl GameRecord {
    /// Reads a game where it is asked for, and what is to be otherwise in it for `viewer`.
    ///
    /// # Errors
    /// When what is to be read is not connected, or holds no such game; when two places are named;
    /// when edits are asked for by anybody but `god`, or cannot be.
    pub(crate) async fn read_at(
        engine: &Engine,
        id: &str,
        place: &GamePlace,
        viewer: &str,
    ) -> Result<Self, EngineError> {
        let GamePlace { backup, snapshot, file, event_log, what_if } = place;
        let named = [backup.is_some(), snapshot.is_some(), file.is_some(), *event_log];
        if named.iter().filter(|named| **named).count() > 1 {
            let reason = "a game is read out of a backup, a snapshot, a file or the event log: \
                          name one of them";
            return Err(EngineError::Invalid { field: "place", reason: reason.to_owned() });
        }
        let record = match (snapshot, file) {
            (Some(snapshot), _) => Self::read_snapshot(engine, id, snapshot).await?,
            (_, Some(file)) => Self::of(id, None, open::log(engine, file, id)?)?,
            _ if *event_log => event_log::read(engine, id).await?,
            _ => Self::read(engine, id, backup.as_deref()).await?,
        };
        if what_if.is_empty() {
            return Ok(record);
        }
        // How a game would have gone tells what nobody at the table knew.
        if Viewer::parse(viewer) != Viewer::God {
            let reason = "how a game would have gone is shown to god alone".to_owned();
            return Err(EngineError::Invalid { field: "viewer", reason });
        }
        what_if::apply(record, what_if)
    }
}
