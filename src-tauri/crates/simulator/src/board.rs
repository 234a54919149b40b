//! Which board a table plays: player count, roles and modules.

use avalon::profile::{AssassinActor, AssassinTargets, ExcaliburAssignment, Hammer, RuleProfile};
use avalon::role::Role;
use rand::RngExt;
use rand::rngs::StdRng;

use crate::options::Modules;
use crate::{random, reference};

/// The rules of one room. Deterministic by the generator.
pub(crate) fn choose(rng: &mut StdRng, players: (u8, u8), modules: &Modules) -> RuleProfile {
    if let Modules::Fixed(profile) = modules {
        return (**profile).clone();
    }
    let n = player_count(rng, players);
    let mut profile = RuleProfile::with_roles(roles(rng, n));
    match modules {
        Modules::CommonBoards => common_modules(rng, n, &mut profile),
        Modules::All => all_modules(rng, n, &mut profile),
        Modules::None | Modules::Fixed(_) => {}
    }
    profile
}

/// By how often real tables have that many players.
fn player_count(rng: &mut StdRng, (least, most): (u8, u8)) -> u8 {
    let rows: Vec<&reference::Reference> =
        reference::REFERENCE.iter().filter(|row| (least..=most).contains(&row.n)).collect();
    let weights: Vec<f64> = rows.iter().map(|row| f64::from(row.games)).collect();
    rows.get(random::weighted(rng, &weights)).map_or(5, |row| row.n)
}

/// The common Chinese board of the player count, or its frequent alternative.
fn roles(rng: &mut StdRng, n: u8) -> Vec<Role> {
    let mut roles = RuleProfile::standard(n).map(|profile| profile.roles).unwrap_or_default();
    let alternative = rng.random_bool(0.25);
    let mut swap = |from: Role, to: Role| {
        if let Some(place) = roles.iter_mut().find(|role| alternative && **role == from) {
            *place = to;
        }
    };
    match n {
        5 => swap(Role::Morgana, Role::Mordred),
        7 => swap(Role::Oberon, Role::Mordred),
        8 => swap(Role::Minion, Role::Mordred),
        _ => {}
    }
    roles
}

/// What Chinese tables add: the Lady at large tables, now and then Excalibur or the Lancelots.
fn common_modules(rng: &mut StdRng, n: u8, profile: &mut RuleProfile) {
    let lady = match n {
        7 => 0.15,
        8 | 9 => 0.25,
        10 => 0.6,
        _ => 0.0,
    };
    let (with_lady, with_excalibur, with_lancelots) =
        (rng.random_bool(lady), rng.random_bool(0.02), n >= 7 && rng.random_bool(0.04));
    let variant = rng.random_range(1..=3_u8);
    *profile = add(profile.clone(), with_lady, with_excalibur, with_lancelots.then_some(variant));
}

/// Every switch of the profile, often: for tests that want to see all of them.
fn all_modules(rng: &mut StdRng, n: u8, profile: &mut RuleProfile) {
    let variant = rng.random_range(0..=3_u8);
    let with_lancelots = (variant > 0 && n >= 7).then_some(variant);
    *profile =
        add(profile.clone(), n >= 7 && rng.random_bool(0.5), rng.random_bool(0.3), with_lancelots);
    if profile.excalibur.on && rng.random_bool(0.5) {
        profile.excalibur.assign = ExcaliburAssignment::AfterApproval;
    }
    if rng.random_bool(0.25) {
        profile.hammer = Hammer::ForcedNoVote;
    }
    if rng.random_bool(0.15) {
        profile.two_fails_quest4_from = None;
    }
    if rng.random_bool(0.2) {
        profile.assassin.targets = AssassinTargets::Anyone;
    }
    if rng.random_bool(0.1) {
        profile.assassin.actor = AssassinActor::HighestPriorityEvil;
    }
    profile.anonymous_votes = rng.random_bool(0.1);
}

fn add(profile: RuleProfile, lady: bool, excalibur: bool, lancelots: Option<u8>) -> RuleProfile {
    let mut profile = profile;
    if lady {
        profile = profile.with_lady();
    }
    if excalibur {
        profile = profile.with_excalibur(ExcaliburAssignment::WithProposal);
    }
    if let Some(variant) = lancelots {
        profile = profile.with_lancelots(variant);
    }
    profile
}
