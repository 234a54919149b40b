//! The Lady of the Lake and the shot at Merlin.

use avalon::id::Seat;
use avalon::role::{Role, Side};
use rand::RngExt;

use super::Situation;
use crate::{random, reference};

/// Whom the holder of the Lady examines.
pub(super) fn lady_target(situation: &Situation<'_>, allowed: &[Seat]) -> Option<Seat> {
    let rng = &mut situation.generator("lady");
    allowed.get(rng.random_range(0..allowed.len().max(1))).copied()
}

/// What the holder says about it: good players tell the truth, evil ones seldom.
pub(super) fn lady_claim(situation: &Situation<'_>, holder: Seat, seen: Side) -> Side {
    let rng = &mut situation.generator("claim");
    if situation.is_evil(holder) && rng.random_bool(0.7) { seen.other() } else { seen }
}

/// Whom the assassin names, of those he may.
pub(super) fn shot(situation: &Situation<'_>, allowed: &[Seat]) -> Option<Seat> {
    let rng = &mut situation.generator("shot");
    let hits = reference::of(situation.n()).shot_hits;
    let is_merlin = |seat: &&Seat| situation.role(**seat) == Some(Role::Merlin);
    if rng.random_bool(hits)
        && let Some(merlin) = allowed.iter().find(is_merlin)
    {
        return Some(*merlin);
    }
    let others: Vec<Seat> = allowed
        .iter()
        .copied()
        .filter(|seat| situation.role(*seat) != Some(Role::Merlin))
        .collect();
    // Of the shots that miss: Percival 33 %, an evil player 2 %, the rest servants.
    let weights: Vec<f64> = others
        .iter()
        .map(|seat| match situation.role(*seat) {
            Some(Role::Percival) => 1.3,
            Some(role) if role.side() == Side::Evil => 0.05,
            _ => 1.0,
        })
        .collect();
    others.get(random::weighted(rng, &weights)).copied()
}
