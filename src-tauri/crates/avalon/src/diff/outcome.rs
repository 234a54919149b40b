//! What a difference means for the result of the game.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::id::PlayerId;
use crate::role::{Role, Side};
use crate::state::Phase;
use crate::view::{PlayerView, StateView};

/// Whether what is counted of a game differs. Judged by what the viewer may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    /// Who won differs, or whether anybody has.
    pub winner: bool,
    /// Games and wins of players, by role and by table size, differ.
    pub statistics: bool,
    /// Ratings differ.
    pub rating: bool,
}

impl Outcome {
    /// Compares what is counted.
    #[must_use]
    pub fn between(before: &StateView, after: &StateView) -> Self {
        Self {
            winner: before.winner != after.winner,
            statistics: counted(before, role) != counted(after, role),
            rating: counted(before, side) != counted(after, side),
        }
    }

    /// Whether anything counted differs.
    #[must_use]
    pub const fn any(self) -> bool {
        self.winner || self.statistics || self.rating
    }
}

/// What counts of an ended game.
#[derive(PartialEq)]
struct Counted<'v, T> {
    winner: Option<Side>,
    players: Vec<(&'v PlayerId, T)>,
}

/// What counts, and of each player what `of` takes; an open or aborted game counts for nobody.
fn counted<T>(view: &StateView, of: fn(&PlayerView) -> T) -> Option<Counted<'_, T>> {
    let players = || view.players.iter().map(|player| (&player.player_id, of(player)));
    (view.phase == Phase::Ended)
        .then(|| Counted { winner: view.winner, players: players().collect() })
}

/// Statistics are kept by role.
const fn role(player: &PlayerView) -> (Option<Role>, Option<Side>) {
    (player.role, player.side)
}

/// Ratings follow from the sides alone.
const fn side(player: &PlayerView) -> Option<Side> {
    player.side
}
