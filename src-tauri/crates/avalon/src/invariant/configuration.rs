//! Configuration (C): player count, profile, tables and versions.

use super::invariants;

invariants! {
    C_PLAYERS = "C-PLAYERS", F, Quarantine, Log, "Configuration (C)",
        "5 <= n <= 10 and n = number of seats in GameCreated",
        "QUAR";
    C_PROFILE = "C-PROFILE", F, Human, Log, "Configuration (C)",
        "the profile is known, complete, and unchanged after GameCreated",
        "HUMAN (import) / QUAR";
    C_TEAMSIZE_TABLE = "C-TEAMSIZE-TABLE", E, Auto, Log, "Configuration (C)",
        "stored teamSize[q] = size[n][q] for all 5 quests",
        "AUTO";
    C_FAILS_TABLE = "C-FAILS-TABLE", E, Auto, Log, "Configuration (C)",
        "stored failsNeeded[q] = 2 iff profile rule (n>=7, q=4), else 1",
        "AUTO for open quests, HUMAN if a resolved result depends on it";
    C_QUESTS = "C-QUESTS", E, Auto, Stored, "Configuration (C)",
        "exactly 5 quest slots, indexes 1..5",
        "AUTO";
    C_MODULES = "C-MODULES", E, Human, Log, "Configuration (C)",
        "module data (lady, excalibur, lancelot) present iff the profile turns it on",
        "HUMAN";
    C_LADY_N = "C-LADY-N", W, None, Log, "Configuration (C)",
        "Lady with n<7, Percival at 5p without Morgana/Mordred",
        "NONE";
    C_VERSION = "C-VERSION", F, Auto, Log, "Configuration (C)",
        "rulesVersion/schemaVersion supported; upcast registered",
        "AUTO (upcaster) else QUAR";
}

use crate::check::report::Findings;
use crate::event::GameCreated;
use crate::profile::RuleProfile;
use crate::role::Role;
use crate::rules::{MAX_PLAYERS, MIN_PLAYERS};
use crate::sentence;

use super::Repair;

/// Major version of the rules that this crate judges.
const RULES_VERSION: u64 = 1;

/// C-PLAYERS, C-PROFILE, C-VERSION, C-MODULES and C-LADY-N at GameCreated.
pub(crate) fn judge_created(seq: u64, event: &GameCreated, out: &mut Findings) {
    if !(MIN_PLAYERS..=MAX_PLAYERS).contains(&event.n) {
        out.report(&C_PLAYERS, seq, sentence!("{count} players", count = event.n));
    } else if usize::from(event.n) != event.seats.len() {
        let detail = sentence!(
            "n is {players} but {count} seats are taken",
            players = event.n,
            count = event.seats.len()
        );
        out.report(&C_PLAYERS, seq, detail);
    }
    for problem in event.profile.problems() {
        out.report(
            &C_PROFILE,
            seq,
            sentence!("the profile is incomplete: {difference}", difference = problem.clone()),
        );
    }
    if let Some(version) = &event.rules_version
        && version.major().is_some_and(|major| major != RULES_VERSION)
    {
        let detail = sentence!("rules version {version} is not supported", version);
        out.push(C_VERSION.finding_with(Repair::Quarantine, seq, detail));
    }
    match event.profile.rules() {
        None => out.report(&C_PROFILE, seq, sentence!("the profile names no readable n and roles")),
        Some(rules) => judge_profile(seq, event, rules, out),
    }
}

fn judge_profile(seq: u64, event: &GameCreated, rules: &RuleProfile, out: &mut Findings) {
    if rules.n != event.n {
        let detail = sentence!(
            "the profile is for {players} players, the game has {players_due}",
            players = rules.n,
            players_due = event.n
        );
        out.report(&C_PROFILE, seq, detail);
    }
    if rules.roles.len() != usize::from(rules.n) {
        let detail = sentence!(
            "{count} roles for {players} players",
            count = rules.roles.len(),
            players = rules.n
        );
        out.report(&C_PROFILE, seq, detail);
    }
    if rules.profile.is_empty() {
        out.report(&C_PROFILE, seq, sentence!("the profile has no name"));
    }
    if rules.lancelot.variant > 3 {
        let detail =
            sentence!("there is no Lancelot variant {variant}", variant = rules.lancelot.variant);
        out.report(&C_PROFILE, seq, detail);
    }
    let lancelots = rules.roles.iter().any(|role| role.is_lancelot());
    if lancelots != (rules.lancelot.variant != 0) {
        let detail = if lancelots {
            sentence!("Lancelots are among the roles but the profile turns them off")
        } else {
            sentence!("the profile turns Lancelots on but none is among the roles")
        };
        out.report(&C_MODULES, seq, detail);
    }
    judge_advice(seq, rules, out);
}

/// C-LADY-N: the set-up advice of the book.
fn judge_advice(seq: u64, rules: &RuleProfile, out: &mut Findings) {
    if rules.lady.on && rules.n < 7 {
        let detail = sentence!(
            "Lady of the Lake with {players} players; best with 7 or more",
            players = rules.n
        );
        out.report(&C_LADY_N, seq, detail);
    }
    let covered = rules.has(Role::Morgana) || rules.has(Role::Mordred);
    if rules.n == 5 && rules.has(Role::Percival) && !covered {
        out.report(
            &C_LADY_N,
            seq,
            sentence!("Percival among 5 players without Morgana or Mordred"),
        );
    }
}

/// C-TEAMSIZE-TABLE: a stored team size is that of the table.
pub(crate) fn judge_team_size(
    seq: u64,
    quest: u8,
    stored: Option<u8>,
    expected: Option<u8>,
    out: &mut Findings,
) {
    if let (Some(stored), Some(expected)) = (stored, expected)
        && stored != expected
    {
        let detail = sentence!(
            "quest {quest} takes {count} players, not {count_stored}",
            quest,
            count = expected,
            count_stored = stored
        );
        out.report(&C_TEAMSIZE_TABLE, seq, detail);
    }
}

/// C-FAILS-TABLE: a stored number of needed fails is that of the profile.
pub(crate) fn judge_fails_needed(
    seq: u64,
    quest: u8,
    stored: Option<u8>,
    expected: u8,
    decides: bool,
    out: &mut Findings,
) {
    if let Some(stored) = stored.filter(|stored| *stored != expected) {
        let repair = if decides { Repair::Human } else { Repair::Auto };
        let detail = sentence!(
            "quest {quest} fails with {count} fail(s), not {count_stored}",
            quest,
            count = expected,
            count_stored = stored
        );
        out.push(C_FAILS_TABLE.finding_with(repair, seq, detail));
    }
}
