//! Roles (R): what was dealt, and whether it may be dealt so.

use super::invariants;

invariants! {
    R_COMPLETE = "R-COMPLETE", F, Quarantine, Log, "Roles (R)",
        "every player has exactly one role",
        "QUAR (K2 snapshot if hash matches)";
    R_KNOWN = "R-KNOWN", E, Human, Log, "Roles (R)",
        "every role is known to the profile",
        "HUMAN";
    R_EVIL_COUNT = "R-EVIL-COUNT", F, Quarantine, Log, "Roles (R)",
        "number of evil roles = evil(n), good = good(n)",
        "QUAR";
    R_MULTISET = "R-MULTISET", F, Quarantine, Log, "Roles (R)",
        "dealt multiset = profile.roles",
        "QUAR";
    R_UNIQUE = "R-UNIQUE", E, Quarantine, Log, "Roles (R)",
        "Merlin, Percival, Assassin, Morgana, Mordred, Oberon, each Lancelot at most once",
        "QUAR";
    R_MERLIN = "R-MERLIN", W, None, Log, "Roles (R)",
        "an Avalon game has exactly 1 Merlin; without Merlin the profile must say so",
        "NONE";
    R_ASSASSIN_ONE = "R-ASSASSIN-ONE", E, Human, Log, "Roles (R)",
        "Merlin in play <=> exactly one assassin, and he is evil",
        "HUMAN (AUTO if profile has a priority rule)";
    R_PERCIVAL_NEEDS_MERLIN = "R-PERCIVAL-NEEDS-MERLIN", W, None, Log, "Roles (R)",
        "Percival only with Merlin",
        "NONE";
    R_MORGANA_NEEDS_PERCIVAL = "R-MORGANA-NEEDS-PERCIVAL", W, None, Log, "Roles (R)",
        "Morgana only with Percival",
        "NONE";
    R_MORDRED_NEEDS_MERLIN = "R-MORDRED-NEEDS-MERLIN", W, None, Log, "Roles (R)",
        "Mordred only with Merlin",
        "NONE";
    R_LANCELOT_PAIR = "R-LANCELOT-PAIR", E, Quarantine, Log, "Roles (R)",
        "both Lancelots or none",
        "QUAR";
    R_BOX = "R-BOX", W, None, Log, "Roles (R)",
        "<=5 Servants, <=3 Minions",
        "NONE";
    R_IMMUTABLE = "R-IMMUTABLE", F, Auto, Log, "Roles (R)",
        "roles never change after RolesAssigned (sides only by Lancelot switch)",
        "AUTO from K2 if hash ok, else QUAR";
    R_RNG = "R-RNG", F, Quarantine, Log, "Roles (R)",
        "roles = deal(seed), SHA-256(seed) = rngCommit",
        "QUAR";
    R_SIDE = "R-SIDE", E, Auto, Stored, "Roles (R)",
        "stored side = side(role, switches)",
        "AUTO";
}

use crate::check::report::Findings;
use crate::check::walk::Table;
use crate::event::RolesAssigned;
use crate::profile::AssassinActor;
use crate::role::{Role, Side};
use crate::rules;
use crate::sentence;
use crate::sentence::SentenceValue;

/// Judges the deal: which roles, how many, and whether they go together.
pub(crate) fn judge_deal(seq: u64, table: &Table<'_>, event: &RolesAssigned, out: &mut Findings) {
    for player in table.seats {
        if !event.roles.contains_key(player) {
            let detail = sentence!("{player} has no role", player);
            out.report(&R_COMPLETE, seq, detail);
        }
    }
    if event.roles.keys().any(|player| table.seat(player).is_none()) {
        out.report(&R_COMPLETE, seq, sentence!("a role is dealt to a player who is not seated"));
    }
    let dealt: Vec<Role> =
        table.seats.iter().filter_map(|player| event.roles.get(player).copied()).collect();
    judge_profile_roles(seq, table, &dealt, out);
    judge_counts(seq, table, &dealt, out);
    judge_company(seq, table, &dealt, out);
}

fn count(dealt: &[Role], role: Role) -> usize {
    dealt.iter().filter(|other| **other == role).count()
}

fn judge_profile_roles(seq: u64, table: &Table<'_>, dealt: &[Role], out: &mut Findings) {
    for role in Role::ALL {
        if dealt.contains(&role) && !table.rules.has(role) {
            out.report(&R_KNOWN, seq, sentence!("{role} is not among the profile's roles", role));
        }
    }
    let differs = |role: &Role| count(dealt, *role) != count(&table.rules.roles, *role);
    if let Some(role) = Role::ALL.iter().find(|role| differs(role)) {
        let detail = sentence!(
            "{count} × {role} dealt, {count_due} in the profile",
            count = count(dealt, *role),
            role = *role,
            count_due = count(&table.rules.roles, *role)
        );
        out.report(&R_MULTISET, seq, detail);
    }
}

fn judge_counts(seq: u64, table: &Table<'_>, dealt: &[Role], out: &mut Findings) {
    let n = table.n();
    let evil = dealt.iter().filter(|role| role.side() == Side::Evil).count();
    let good = dealt.len() - evil;
    if let (Some(evil_due), Some(good_due)) = (rules::evil_count(n), rules::good_count(n))
        && (evil != usize::from(evil_due) || good != usize::from(good_due))
    {
        let detail = sentence!(
            "{good} good and {evil} evil, not {good_due} and {evil_due} of {players} players",
            good,
            evil,
            good_due,
            evil_due,
            players = n
        );
        out.report(&R_EVIL_COUNT, seq, detail);
    }
    for role in Role::ALL {
        let several = !matches!(role, Role::Servant | Role::Minion) && count(dealt, role) > 1;
        if several {
            out.report(
                &R_UNIQUE,
                seq,
                sentence!("{role} is dealt {count} times", role, count = count(dealt, role)),
            );
        }
    }
    for (role, most) in [(Role::Servant, 5), (Role::Minion, 3)] {
        if count(dealt, role) > most {
            let detail = sentence!(
                "{count} × {role}; the box holds {count_most}",
                count = count(dealt, role),
                role,
                count_most = most
            );
            out.report(&R_BOX, seq, detail);
        }
    }
}

fn judge_company(seq: u64, table: &Table<'_>, dealt: &[Role], out: &mut Findings) {
    let has = |role| dealt.contains(&role);
    let merlins = count(dealt, Role::Merlin);
    if merlins != 1 && (merlins > 1 || table.rules.has(Role::Merlin)) {
        out.report(
            &R_MERLIN,
            seq,
            sentence!("{count} × {role}", count = merlins, role = Role::Merlin),
        );
    }
    judge_assassin(seq, table, dealt, out);
    for (invariant, role, needs) in [
        (&R_PERCIVAL_NEEDS_MERLIN, Role::Percival, Role::Merlin),
        (&R_MORGANA_NEEDS_PERCIVAL, Role::Morgana, Role::Percival),
        (&R_MORDRED_NEEDS_MERLIN, Role::Mordred, Role::Merlin),
    ] {
        if has(role) && !has(needs) {
            out.report(
                invariant,
                seq,
                sentence!("{role} without {role_needed}", role, role_needed = needs),
            );
        }
    }
    if has(Role::LancelotGood) != has(Role::LancelotEvil) {
        out.report(&R_LANCELOT_PAIR, seq, sentence!("one Lancelot without the other"));
    }
}

/// R-ASSASSIN-ONE. Where the profile names the assassin by another rule than the role, any evil
/// player will do.
fn judge_assassin(seq: u64, table: &Table<'_>, dealt: &[Role], out: &mut Findings) {
    let merlin = dealt.contains(&Role::Merlin);
    let assassins = match table.rules.assassin.actor {
        AssassinActor::Role => count(dealt, Role::Assassin),
        _ if !merlin => 0,
        _ => usize::from(dealt.iter().any(|role| role.side() == Side::Evil)),
    };
    if (merlin && assassins != 1) || (!merlin && assassins != 0) {
        let detail = if merlin {
            sentence!("{count} assassin(s) with Merlin", count = assassins)
        } else {
            sentence!("{count} assassin(s) without Merlin", count = assassins)
        };
        out.report(&R_ASSASSIN_ONE, seq, detail);
    }
}

/// R-IMMUTABLE: the roles that GameEnded reveals are those that were dealt.
pub(crate) fn judge_revealed(
    seq: u64,
    table: &Table<'_>,
    dealt: &[Option<Role>],
    revealed: &std::collections::BTreeMap<crate::id::PlayerId, Role>,
    out: &mut Findings,
) {
    for (player, dealt) in table.seats.iter().zip(dealt) {
        let shown = revealed.get(player).copied();
        if shown != *dealt && dealt.is_some() {
            let shown = SentenceValue::or(shown, sentence!("no role"));
            out.report(
                &R_IMMUTABLE,
                seq,
                sentence!("{player} is revealed with {role}", player, role = shown),
            );
        }
    }
}
