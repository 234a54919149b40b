//! What an ended game changes in the standings.

use std::collections::BTreeMap;

use avalon::document::{HistoryDoc, StatsDoc, Tally};
use avalon::id::PlayerId;
use avalon::rating::{self, GLOBAL};
use avalon::state::GameState;
use mongodb::bson::{Document, doc};

use crate::SimulatorError;

/// Statistics by player, `global` among them.
pub(crate) type Standings = BTreeMap<PlayerId, StatsDoc>;

/// Brings the standings up to date with a game that is over and gives its history. A game that was
/// given up changes nothing.
pub(crate) fn settle(
    game: &GameState,
    standings: &mut Standings,
) -> Result<HistoryDoc, SimulatorError> {
    let before = |player: &PlayerId| {
        standings.get(player).and_then(|stats| stats.rating).unwrap_or(rating::START)
    };
    let history = HistoryDoc::of(game, before).ok_or_else(|| SimulatorError::Inconsistent {
        game: game.game_id.to_string(),
        detail: "it goes on, so it has no history".into(),
    })?;
    let size = history.seats.len().to_string();
    for delta in &history.deltas {
        let seat = history.seats.iter().find(|seat| seat.player_id == delta.player_id);
        let role = seat.map(|seat| seat.role.as_str());
        let tally = Tally { games: delta.games, wins: delta.wins };
        for id in [delta.player_id.clone(), PlayerId::from(GLOBAL)] {
            let stats = standings.entry(id.clone()).or_insert_with(|| nothing_yet(id));
            add(stats, tally, role, &size);
        }
        if let Some(stats) = standings.get_mut(&delta.player_id) {
            stats.rating = Some(delta.rating_after);
        }
    }
    Ok(history)
}

/// The fields of an account that follow from its statistics.
pub(crate) fn account_fields(stats: &StatsDoc, at: i64) -> Document {
    let rating = stats.rating.unwrap_or(rating::START);
    doc! { "rating": rating, "games": stats.games, "wins": stats.wins, "updatedAt": at }
}

fn nothing_yet(id: PlayerId) -> StatsDoc {
    StatsDoc {
        id,
        games: 0,
        wins: 0,
        by_role: BTreeMap::new(),
        by_size: BTreeMap::new(),
        rating: None,
    }
}

fn add(stats: &mut StatsDoc, tally: Tally, role: Option<&str>, size: &str) {
    stats.games += tally.games;
    stats.wins += tally.wins;
    let by_role = role.map(|role| stats.by_role.entry(role.to_owned()).or_default());
    let by_size = stats.by_size.entry(size.to_owned()).or_default();
    for slot in by_role.into_iter().chain([by_size]) {
        slot.games += tally.games;
        slot.wins += tally.wins;
    }
}
