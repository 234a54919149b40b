//! Whom the leader takes.

use avalon::id::Seat;
use rand::RngExt;
use rand::rngs::StdRng;

use super::{Situation, fit};
use crate::{random, reference};

/// The leader's team, in seat order.
pub(super) fn propose(situation: &Situation<'_>) -> Vec<Seat> {
    let rng = &mut situation.generator("team");
    let size = usize::from(situation.profile.team_size(situation.quest).unwrap_or(0));
    let leader_goes = rng.random_bool(reference::LEADER_ON_TEAM);
    let mut others: Vec<Seat> =
        situation.seats().filter(|seat| *seat != situation.leader).collect();
    random::shuffle(rng, &mut others);
    let free = if leader_goes { size.saturating_sub(1) } else { size };
    let (evil, good): (Vec<Seat>, Vec<Seat>) =
        others.into_iter().partition(|seat| situation.is_evil(*seat));
    let penalty = fit::evil_penalty(situation.quest);
    let distribution = fit::evil_distribution(evil.len(), good.len(), free, penalty);
    let evil_wanted = random::weighted(rng, &distribution);
    let mut team = pick(situation, rng, evil, evil_wanted);
    team.extend(pick(situation, rng, good, free.saturating_sub(evil_wanted)));
    if leader_goes {
        team.push(situation.leader);
    }
    team.sort_unstable();
    team
}

/// Probability of 0, 1, … evil players on a proposed team, over both sides of the leader.
pub(super) fn evil_on_team(situation: &Situation<'_>) -> Vec<f64> {
    let size = usize::from(situation.profile.team_size(situation.quest).unwrap_or(0));
    let evil = situation.evil_count();
    let n = usize::from(situation.n());
    let good = n.saturating_sub(evil);
    let penalty = fit::evil_penalty(situation.quest);
    let mut total = vec![0.0; evil + 1];
    for leader_evil in [false, true] {
        let side = if leader_evil { evil } else { good } as f64 / n as f64;
        let others_evil = evil.saturating_sub(usize::from(leader_evil));
        let others_good = good.saturating_sub(usize::from(!leader_evil));
        for (goes, share) in
            [(true, reference::LEADER_ON_TEAM), (false, 1.0 - reference::LEADER_ON_TEAM)]
        {
            let free = size.saturating_sub(usize::from(goes));
            let shift = usize::from(goes && leader_evil);
            let distribution = fit::evil_distribution(others_evil, others_good, free, penalty);
            for (k, probability) in distribution.iter().enumerate() {
                if let Some(place) = total.get_mut(k + shift) {
                    *place += side * share * probability;
                }
            }
        }
    }
    total
}

/// To whom the leader gives Excalibur: one of the other members.
pub(super) fn excalibur_holder(situation: &Situation<'_>, others: &[Seat]) -> Option<Seat> {
    let rng = &mut situation.generator("excalibur holder");
    let weights: Vec<f64> = others.iter().map(|seat| situation.trust(*seat)).collect();
    others.get(random::weighted(rng, &weights)).copied()
}

/// `count` of `pool`, the trusted ones first by weight.
fn pick(
    situation: &Situation<'_>,
    rng: &mut StdRng,
    mut pool: Vec<Seat>,
    count: usize,
) -> Vec<Seat> {
    let mut picked = Vec::with_capacity(count);
    while picked.len() < count && !pool.is_empty() {
        let weights: Vec<f64> = pool.iter().map(|seat| situation.trust(*seat)).collect();
        picked.push(pool.swap_remove(random::weighted(rng, &weights)));
    }
    picked
}
