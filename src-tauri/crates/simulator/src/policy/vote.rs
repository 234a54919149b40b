//! How the table votes.

use avalon::id::Seat;
use avalon::rules;
use rand::RngExt;

use super::{Situation, fit};
use crate::reference;

/// How much less a team is liked at attempts 1 to 4 than at the first, in logits.
const ATTEMPT: [f64; 4] = [0.0, -0.9024, -1.2524, -1.1254];
/// Share of fifth proposals that are approved.
const HAMMER: f64 = reference::APPROVAL_BY_ATTEMPT[4];

/// The votes in seat order, true = approve.
///
/// Members like their team more than others do, and the whole table's mood is shifted so that the
/// team is approved as often as at real tables by quest and attempt.
pub(super) fn votes(situation: &Situation<'_>, team: &[Seat]) -> Vec<bool> {
    let leanings: Vec<f64> = situation
        .seats()
        .map(|seat| fit::logit(leaning(situation, team.contains(&seat), situation.is_evil(seat))))
        .collect();
    let needed = usize::from(rules::approvals_needed(situation.n()));
    let target = approval(situation.n(), situation.quest, situation.attempt);
    let shift =
        fit::solve(-12.0, 12.0, target, |shift| probability_of_majority(&leanings, shift, needed));
    let rng = &mut situation.generator("votes");
    leanings.iter().map(|leaning| rng.random_bool(fit::logistic(leaning + shift))).collect()
}

/// How often a player approves.
fn leaning(situation: &Situation<'_>, on_team: bool, evil: bool) -> f64 {
    match (situation.attempt >= 5, evil, on_team) {
        (false, false, true) => 0.725,
        (false, false, false) => 0.406,
        (false, true, true) => 0.761,
        (false, true, false) => 0.440,
        (true, false, true) => 0.954,
        (true, false, false) => 0.813,
        (true, true, true) => 0.926,
        (true, true, false) => 0.756,
    }
}

/// Probability that a proposal is approved.
fn approval(n: u8, quest: u8, attempt: u8) -> f64 {
    let Some(step) = ATTEMPT.get(usize::from(attempt.saturating_sub(1))) else { return HAMMER };
    let wanted = reference::of_quest(&reference::of(n).proposals, quest);
    let mood = fit::solve(-8.0, 12.0, wanted, expected_proposals);
    fit::logistic(mood + step)
}

/// Mean number of proposals of a quest.
fn expected_proposals(mood: f64) -> f64 {
    let mut open = 1.0;
    let mut expected = 0.0;
    for step in ATTEMPT {
        expected += open;
        open *= 1.0 - fit::logistic(mood + step);
    }
    expected + open
}

fn probability_of_majority(leanings: &[f64], shift: f64, needed: usize) -> f64 {
    // counts[k] = probability of exactly k approvals so far.
    let mut counts = [0.0; 12];
    counts[0] = 1.0;
    for leaning in leanings {
        let approve = fit::logistic(leaning + shift);
        for k in (0..counts.len() - 1).rev() {
            counts[k + 1] += counts[k] * approve;
            counts[k] *= 1.0 - approve;
        }
    }
    counts.iter().skip(needed).sum()
}
