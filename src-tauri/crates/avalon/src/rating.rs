//! Ratings and statistics. Both are folds over ended games and can be rebuilt from them.

use std::collections::BTreeMap;

use crate::document::{HistoryDoc, StatsDoc, Tally};
use crate::id::PlayerId;
use crate::role::Side;

/// The rating that an account starts with.
pub const START: i64 = 1200;
/// The most that one game moves a rating.
pub const K: f64 = 32.0;
/// `_id` of the statistics over all players.
pub const GLOBAL: &str = "global";

/// A player of a game that is to be rated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The side at the end.
    pub side: Side,
    /// The rating before.
    pub rating: i64,
}

/// Ratings after a game, in the order of `standings`: Elo, with the expectation from the means of
/// the two sides; each change is rounded half away from zero.
#[must_use]
pub fn rate(standings: &[Standing], winner: Side) -> Vec<i64> {
    let (good, evil) = (mean(standings, Side::Good), mean(standings, Side::Evil));
    let (Some(good), Some(evil)) = (good, evil) else {
        return standings.iter().map(|player| player.rating).collect();
    };
    let good_expects = 1.0 / (1.0 + 10_f64.powf((evil - good) / 400.0));
    let after = |player: &Standing| {
        let expects = match player.side {
            Side::Good => good_expects,
            Side::Evil => 1.0 - good_expects,
        };
        let score = if player.side == winner { 1.0 } else { 0.0 };
        #[allow(clippy::cast_possible_truncation, reason = "the change is at most 32")]
        let change = (K * (score - expects)).round() as i64;
        player.rating + change
    };
    standings.iter().map(after).collect()
}

#[allow(clippy::cast_precision_loss, reason = "ratings are far below 2^53")]
fn mean(standings: &[Standing], side: Side) -> Option<f64> {
    let ratings: Vec<f64> = standings
        .iter()
        .filter(|player| player.side == side)
        .map(|player| player.rating as f64)
        .collect();
    (!ratings.is_empty()).then(|| ratings.iter().sum::<f64>() / ratings.len() as f64)
}

/// Sums up ended games, given in any order.
#[derive(Debug, Clone, Default)]
pub struct StatsFold {
    stats: BTreeMap<PlayerId, StatsDoc>,
    latest: BTreeMap<PlayerId, (i64, crate::id::GameId)>,
}

impl StatsFold {
    /// Adds an ended game. One that was given up adds nothing.
    pub fn add(&mut self, game: &HistoryDoc) {
        let size = game.seats.len().to_string();
        for delta in &game.deltas {
            let seat = game.seats.iter().find(|seat| seat.player_id == delta.player_id);
            let role = seat.map(|seat| seat.role.as_str());
            let tally = Tally { games: delta.games, wins: delta.wins };
            for id in [&delta.player_id, &PlayerId::from(GLOBAL)] {
                add(self.entry(id), tally, role, &size);
            }
            let when = (game.ended_at, game.id.clone());
            let latest = self.latest.get(&delta.player_id);
            if latest.is_none_or(|latest| *latest < when) {
                self.entry(&delta.player_id).rating = Some(delta.rating_after);
                self.latest.insert(delta.player_id.clone(), when);
            }
        }
    }

    fn entry(&mut self, id: &PlayerId) -> &mut StatsDoc {
        self.stats.entry(id.clone()).or_insert_with(|| StatsDoc {
            id: id.clone(),
            games: 0,
            wins: 0,
            by_role: BTreeMap::new(),
            by_size: BTreeMap::new(),
            rating: None,
        })
    }

    /// Rating of a player so far.
    #[must_use]
    pub fn rating(&self, player: &PlayerId) -> i64 {
        self.stats.get(player).and_then(|stats| stats.rating).unwrap_or(START)
    }

    /// The statistics of one player, or of `global`; none before the first game.
    #[must_use]
    pub fn get(&self, id: &PlayerId) -> Option<&StatsDoc> {
        self.stats.get(id)
    }

    /// All statistics, by id.
    #[must_use]
    pub fn into_stats(self) -> BTreeMap<PlayerId, StatsDoc> {
        self.stats
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

#[cfg(test)]
mod tests {
    use super::*;

    fn table(good: i64, evil: i64) -> Vec<Standing> {
        let mut standings = vec![Standing { side: Side::Good, rating: good }; 3];
        standings.extend(vec![Standing { side: Side::Evil, rating: evil }; 2]);
        standings
    }

    #[test]
    fn equals_move_by_half_of_k() {
        assert_eq!(rate(&table(1200, 1200), Side::Good), [1216, 1216, 1216, 1184, 1184]);
        assert_eq!(rate(&table(1200, 1200), Side::Evil), [1184, 1184, 1184, 1216, 1216]);
    }

    #[test]
    fn a_favourite_wins_little() {
        assert_eq!(rate(&table(1600, 1200), Side::Good), [1603, 1603, 1603, 1197, 1197]);
        assert_eq!(rate(&table(1600, 1200), Side::Evil), [1571, 1571, 1571, 1229, 1229]);
    }

    #[test]
    fn one_side_alone_is_not_rated() {
        assert_eq!(rate(&table(1300, 0)[..3], Side::Good), [1300; 3]);
    }
}
