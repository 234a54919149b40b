//! Quest cards and Excalibur.

use avalon::event::Card;
use avalon::id::Seat;
use rand::RngExt;

use super::{Situation, fit, team};
use crate::{random, reference};

/// Probability of 0, 1, … fails by the number of evil members, where one fail is enough.
#[allow(clippy::approx_constant, reason = "a measured share, not a fraction of pi")]
const FAILS: [[f64; 5]; 4] = [
    [0.376, 0.624, 0.0, 0.0, 0.0],
    [0.337, 0.410, 0.253, 0.0, 0.0],
    [0.285, 0.318, 0.217, 0.179, 0.0],
    [0.25, 0.30, 0.22, 0.13, 0.10],
];
/// The same where two are needed.
const FAILS_TWO_NEEDED: [[f64; 5]; 4] = [
    [0.473, 0.527, 0.0, 0.0, 0.0],
    [0.019, 0.144, 0.837, 0.0, 0.0],
    [0.01, 0.06, 0.55, 0.38, 0.0],
    [0.01, 0.04, 0.45, 0.35, 0.15],
];

/// The members' cards, in the order of `team`.
pub(super) fn cards(situation: &Situation<'_>, team: &[Seat]) -> Vec<Card> {
    let rng = &mut situation.generator("cards");
    let mut evil: Vec<Seat> =
        team.iter().copied().filter(|seat| situation.is_evil(*seat)).collect();
    random::shuffle(rng, &mut evil);
    let must_fail = |seat: &Seat| situation.state.must_fail(*seat);
    // Whoever must fail comes first.
    evil.sort_by_key(|seat| !must_fail(seat));
    let needed = situation.profile.fails_needed(situation.quest);
    let wanted = fails(situation, rng, evil.len(), needed);
    let forced = evil.iter().filter(|seat| must_fail(seat)).count();
    let failing = evil.get(..wanted.max(forced).min(evil.len())).unwrap_or_default();
    team.iter()
        .map(|seat| if failing.contains(seat) { Card::Fail } else { Card::Success })
        .collect()
}

fn fails(
    situation: &Situation<'_>,
    rng: &mut rand::rngs::StdRng,
    evil: usize,
    needed: u8,
) -> usize {
    let Some(row) = row(evil, needed) else { return 0 };
    let target = reference::of_quest(&reference::of(situation.n()).success, situation.quest);
    let composition = team::evil_on_team(situation);
    let reserve = fit::solve(-12.0, 12.0, target, |reserve| success(&composition, needed, reserve));
    random::weighted(rng, &tilted(row, reserve))
}

fn row(evil: usize, needed: u8) -> Option<&'static [f64; 5]> {
    let table = if needed >= 2 { &FAILS_TWO_NEEDED } else { &FAILS };
    table.get(evil.checked_sub(1)?.min(table.len() - 1))
}

/// The more `reserve`, the fewer fails.
fn tilted(row: &[f64; 5], reserve: f64) -> [f64; 5] {
    let mut weights = *row;
    for (fails, weight) in weights.iter_mut().enumerate() {
        *weight *= (-reserve * fails as f64).exp();
    }
    let total: f64 = weights.iter().sum();
    weights.map(|weight| weight / total)
}

/// Probability that a quest succeeds.
fn success(composition: &[f64], needed: u8, reserve: f64) -> f64 {
    let given = |evil: usize| match row(evil, needed) {
        None => 1.0,
        Some(row) => tilted(row, reserve).iter().take(usize::from(needed)).sum(),
    };
    composition.iter().enumerate().map(|(evil, probability)| probability * given(evil)).sum()
}

/// Whose card the holder of Excalibur switches, if anybody's.
pub(super) fn excalibur_target(situation: &Situation<'_>, others: &[Seat]) -> Option<Seat> {
    let rng = &mut situation.generator("excalibur target");
    if !rng.random_bool(0.35) {
        return None;
    }
    // The least trusted member: the more trust, the less likely.
    let weights: Vec<f64> = others.iter().map(|seat| 1.0 / situation.trust(*seat)).collect();
    others.get(random::weighted(rng, &weights)).copied()
}
