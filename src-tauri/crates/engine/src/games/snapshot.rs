//! A game as a snapshot keeps it: neither its log nor its document is needed.

use avalon::state::GameState;

use crate::engine::Engine;
use crate::error::EngineError;
use crate::snapshot::outcome::SnapshotPlace;
use crate::snapshot::{self, Series};

/// The moment of a snapshot.
#[derive(Debug, Clone)]
pub(super) struct SnapshotGame {
    pub(super) place: SnapshotPlace,
    pub(super) seq: u64,
    pub(super) state: GameState,
    /// The state in the snapshot before; none when there is none of a lower event that opens.
    pub(super) before: Option<GameState>,
}

impl SnapshotGame {
    /// Reads a snapshot of a game, and where the game's others were cut.
    pub(super) async fn read(engine: &Engine, game: &str, id: &str) -> Result<Self, EngineError> {
        let read = snapshot::read(engine, id).await?;
        if read.row.game != game {
            let reason = format!("{id} is of the game {}, not of {game}", read.row.game);
            return Err(EngineError::Invalid { field: "snapshot", reason });
        }
        let Series { moments, unreadable } = snapshot::series(engine, game).await?;
        let earlier = moments.iter().rfind(|moment| moment.seq < read.at_seq);
        let before = match earlier {
            // One that is damaged is told where it is opened; this one is shown all the same.
            Some(moment) => snapshot::read(engine, &moment.id).await.ok().map(|read| read.state),
            None => None,
        };
        let place = SnapshotPlace {
            id: id.to_owned(),
            kind: read.row.kind,
            at: read.row.at,
            whole: read.whole,
            moments,
            unreadable,
        };
        Ok(Self { place, seq: read.at_seq, state: read.state, before })
    }
}
