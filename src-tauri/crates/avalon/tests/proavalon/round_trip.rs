//! Games played by random legal choices, recorded and converted back.

use std::collections::BTreeSet;

use avalon::import::UnknownInput;
use avalon::profile::{AssassinActor, RuleProfile};
use avalon::role::Role;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{facts, game, judge, record, salted};

/// Every player count, with and without the Lady, with and without special roles, without a Merlin
/// and with an Assassin that has nobody to shoot.
fn rules() -> impl Strategy<Value = RuleProfile> {
    (5_u8..=10, any::<bool>(), 0_u8..=3).prop_map(|(n, lady, set_up)| {
        let mut rules = RuleProfile::standard(n).unwrap();
        for role in &mut rules.roles {
            *role = match (set_up, *role) {
                (1, Role::Percival) | (2 | 3, Role::Percival | Role::Merlin) => Role::Servant,
                (1, Role::Morgana | Role::Mordred | Role::Oberon) => Role::Minion,
                (2 | 3, Role::Morgana | Role::Mordred) | (2, Role::Assassin) => Role::Minion,
                (_, other) => other,
            };
        }
        if set_up == 3 {
            rules.assassin.actor = AssassinActor::HighestPriorityEvil;
        }
        rules.lady.on = lady;
        rules
    })
}

/// Replaces the member or item to which a path of choices leads, or where it ends early.
fn replace(value: &mut Value, path: &[usize], with: Value) {
    let chosen = match (path.first(), &mut *value) {
        (Some(step), Value::Object(members)) if !members.is_empty() => {
            let step = step % members.len();
            members.values_mut().nth(step)
        }
        (Some(step), Value::Array(items)) if !items.is_empty() => {
            let step = step % items.len();
            items.get_mut(step)
        }
        _ => None,
    };
    match chosen {
        Some(chosen) => replace(chosen, &path[1..], with),
        None => *value = with,
    }
}

/// The players of a card that stays unknown, as the facts spell a card that is known.
fn untold_cards(unknown: &[UnknownInput], called: impl Fn(&str) -> String) -> Vec<String> {
    let card = |input: &UnknownInput| match input {
        UnknownInput::Card { quest, player } => Some(format!("{quest} {} ", called(player))),
        _ => None,
    };
    unknown.iter().filter_map(card).collect()
}

fn judge_game(rules: &RuleProfile, number: u64, turn: usize) -> BTreeSet<&'static str> {
    let log = game::game(rules, number).log;
    let record = record::of(&log, turn);
    let log: Vec<Value> = log.iter().map(|event| serde_json::to_value(event).unwrap()).collect();
    let players: Vec<String> = game::players(rules.n).iter().map(ToString::to_string).collect();
    let names: Vec<String> = players.iter().map(|player| record::name(player)).collect();
    let mut pseudonyms = salted();
    let converted =
        avalon::import::proavalon::convert(&record.to_string(), &mut pseudonyms).unwrap();
    let report = judge(&converted, &names.iter().map(String::as_str).collect::<Vec<_>>());

    let known: Vec<String> = names.iter().map(|name| pseudonyms.of(name)).collect();
    let called = |pseudonym: &str| {
        players[known.iter().position(|known| known == pseudonym).unwrap()].clone()
    };
    let (mut played, cards) = facts::of(&log, str::to_owned);
    let (told, told_cards) = facts::of(&converted.log, called);
    let target_unknown = converted.unknown.contains(&UnknownInput::Target);
    if target_unknown {
        played.retain(|fact| fact.get("shot").is_none());
    }
    assert_eq!(told, played);

    // What is derived is what was played, and what is not is named.
    assert!(told_cards.is_subset(&cards), "{told_cards:?} {cards:?}");
    let untold = untold_cards(&converted.unknown, called);
    assert_eq!(told_cards.len() + untold.len(), cards.len());
    for card in &untold {
        assert_eq!(cards.iter().filter(|played| played.starts_with(card)).count(), 1, "{card}");
    }
    let silent = untold.is_empty() && !target_unknown;
    assert_eq!(report.is_sound(), silent, "{:?}", report.findings);
    if !target_unknown {
        assert_eq!(report.winner.unwrap().as_str(), converted.recorded_winner);
    }
    let mut seen = BTreeSet::from([report.reason.map_or("open", avalon::rules::EndReason::as_str)]);
    seen.insert(if untold.is_empty() { "all cards" } else { "untold cards" });
    if target_unknown {
        seen.insert("untold target");
    }
    seen
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_recorded_game_comes_back(rules in rules(), number in any::<u64>(), turn in 0_usize..10) {
        judge_game(&rules, number, turn % usize::from(rules.n));
    }

    /// Whatever one member is replaced by, the answer is a log or a finding.
    #[test]
    fn a_damaged_record_never_panics(
        number in 0_u64..64,
        path in proptest::collection::vec(0_usize..64, 1..5),
        with in 0_usize..8,
    ) {
        let rules = RuleProfile::standard(5 + u8::try_from(number % 6).unwrap()).unwrap().with_lady();
        let mut record = record::of(&game::game(&rules, number).log, 0);
        let with = [
            json!(null), json!(-1), json!(300), json!("x"), json!([]), json!({}), json!([[["VHleader"]]]),
            json!({"$date": {"$numberLong": "9223372036854775807"}}),
        ][with].clone();
        replace(&mut record, &path, with);
        let mut pseudonyms = salted();
        match avalon::import::proavalon::convert(&record.to_string(), &mut pseudonyms) {
            Ok(converted) => {
                crate::check(&converted.log);
            }
            Err(finding) => {
                prop_assert!(["I-PARSE", "I-HISTORY-LEN", "I-DIRECTION"].contains(&finding.id.as_str()));
                prop_assert!(!finding.detail.contains("Name of"), "{}", finding);
                prop_assert_eq!(pseudonyms.names().count(), 0);
            }
        }
    }
}

#[test]
fn every_end_and_every_gap_occurs() {
    let mut seen = BTreeSet::new();
    for number in 0..240_u64 {
        let mut rules = RuleProfile::standard(5 + u8::try_from(number % 6).unwrap()).unwrap();
        if number % 4 == 0 {
            rules.roles.iter_mut().for_each(|role| {
                *role = match *role {
                    Role::Merlin | Role::Percival => Role::Servant,
                    Role::Assassin => Role::Minion,
                    other => other,
                }
            });
        }
        rules.lady.on = number % 2 == 0;
        seen.extend(judge_game(&rules, number, 0));
    }
    let all = [
        "all cards",
        "assassination_hit",
        "assassination_miss",
        "five_rejections",
        "open",
        "three_fails",
        "three_successes_no_merlin",
        "untold cards",
        "untold target",
    ];
    assert_eq!(seen, BTreeSet::from(all));
}
