//! What an ended game changes in the standings.

use std::collections::BTreeMap;

use avalon::role::{Role, Side};
use mongodb::bson::{Document, doc};

use crate::record::{Delta, GLOBAL, HistoryDoc, StatsDoc};

/// Rating of a new player.
pub(crate) const START_RATING: i64 = 1200;
/// Largest change by one game.
const K: f64 = 32.0;

/// One player's statistics.
#[derive(Debug, Clone)]
pub(crate) struct Standing {
    pub(crate) stats: StatsDoc,
}

impl Standing {
    /// Nobody's: no games yet.
    pub(crate) fn new(id: &str) -> Standing {
        Standing {
            stats: StatsDoc {
                id: id.to_owned(),
                games: 0,
                wins: 0,
                by_role: BTreeMap::new(),
                by_size: BTreeMap::new(),
                rating: START_RATING,
            },
        }
    }

    /// The fields of the account that follow from the statistics.
    pub(crate) fn user_fields(&self, at: i64) -> Document {
        let stats = &self.stats;
        doc! { "rating": stats.rating, "games": stats.games, "wins": stats.wins, "updatedAt": at }
    }

    fn add(&mut self, role: Option<Role>, n: usize, won: bool) {
        let stats = &mut self.stats;
        stats.games += 1;
        stats.wins += i64::from(won);
        if let Some(role) = role {
            stats.by_role.entry(role.as_str().to_owned()).or_default().add(won);
        }
        stats.by_size.entry(n.to_string()).or_default().add(won);
    }
}

/// Brings the standings up to date with an ended game and says what changed.
///
/// Rating: Elo with the means of both sides, rounded half away from zero.
pub(crate) fn settle(
    history: &HistoryDoc,
    standings: &mut BTreeMap<String, Standing>,
) -> Vec<Delta> {
    let Some(winner) = history.winner else { return Vec::new() };
    let rating = |standings: &BTreeMap<String, Standing>, id: &str| {
        standings.get(id).map_or(START_RATING, |standing| standing.stats.rating)
    };
    let mean = |side: Side| {
        let ratings: Vec<i64> = history
            .seats
            .iter()
            .filter(|seat| seat.side == Some(side))
            .map(|seat| rating(standings, &seat.player_id))
            .collect();
        ratings.iter().sum::<i64>() as f64 / ratings.len().max(1) as f64
    };
    let (good, evil) = (mean(Side::Good), mean(Side::Evil));
    let expected = |side: Side| {
        let difference = if side == Side::Good { evil - good } else { good - evil };
        1.0 / (1.0 + 10_f64.powf(difference / 400.0))
    };
    let mut deltas = Vec::with_capacity(history.seats.len());
    for seat in &history.seats {
        let Some(side) = seat.side else { continue };
        let won = side == winner;
        let change = (K * (f64::from(u8::from(won)) - expected(side))).round() as i64;
        let before = rating(standings, &seat.player_id);
        let n = history.seats.len();
        for id in [seat.player_id.as_str(), GLOBAL] {
            standings
                .entry(id.to_owned())
                .or_insert_with(|| Standing::new(id))
                .add(seat.role, n, won);
        }
        if let Some(standing) = standings.get_mut(&seat.player_id) {
            standing.stats.rating = before + change;
        }
        deltas.push(Delta {
            player_id: seat.player_id.clone(),
            games: 1,
            wins: i64::from(won),
            rating_before: before,
            rating_after: before + change,
        });
    }
    deltas
}
