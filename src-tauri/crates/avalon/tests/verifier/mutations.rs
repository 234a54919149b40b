//! Every single mutation of a legal log is found where hashes are present; without hashes it is
//! found, or it leaves a log that is legal itself.

use avalon::reducer::Replay;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::games::{numbers, pooled_game};
use crate::wire::Log;

/// Changes one thing; false when the change came to nothing.
fn mutate(log: &mut Log, pick: &mut impl FnMut(usize) -> usize) -> bool {
    let before = log.0.clone();
    let at = pick(log.0.len());
    match pick(8) {
        0 => drop(log.0.remove(at)),
        1 => log.0.insert(at, log.0[at].clone()),
        2 => {
            let other = pick(log.0.len());
            log.0.swap(at, other);
        }
        _ => change_member(&mut log.0[at], pick),
    }
    log.0 != before
}

/// Changes one value somewhere in an event.
fn change_member(event: &mut Value, pick: &mut impl FnMut(usize) -> usize) {
    let mut paths = Vec::new();
    leaves(event, String::new(), &mut paths);
    let path = paths.swap_remove(pick(paths.len()));
    let leaf = event.pointer_mut(&path).unwrap();
    *leaf = match leaf {
        Value::Bool(flag) => json!(!*flag),
        Value::Number(number) => {
            let number = number.as_i64().unwrap();
            json!(if pick(2) == 0 { number + 1 } else { (number - 1).max(0) })
        }
        Value::String(text) => json!(another(text, pick)),
        Value::Array(_) => json!([]),
        Value::Object(_) => json!({}),
        Value::Null => json!(1),
    };
}

fn leaves(value: &Value, path: String, found: &mut Vec<String>) {
    match value {
        Value::Object(members) if !members.is_empty() => {
            for (name, member) in members {
                leaves(member, format!("{path}/{name}"), found);
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, item) in items.iter().enumerate() {
                leaves(item, format!("{path}/{index}"), found);
            }
        }
        _ => found.push(path),
    }
}

fn another(text: &str, pick: &mut impl FnMut(usize) -> usize) -> String {
    let pairs = [
        ("approve", "reject"),
        ("approved", "rejected"),
        ("success", "fail"),
        ("good", "evil"),
        ("blank", "switch"),
        ("MERLIN", "PERCIVAL"),
        ("SERVANT", "MINION"),
        ("public", "server"),
    ];
    for (one, other) in pairs {
        if text == one {
            return other.to_owned();
        }
        if text == other {
            return one.to_owned();
        }
    }
    match pick(2) {
        0 => format!("{text}x"),
        _ => text.chars().rev().collect(),
    }
}

/// Parses what can be parsed; none when a line can't, which is found as I-PARSE.
fn readable(log: &Log) -> Option<Vec<avalon::check::ParsedEnvelope>> {
    log.0
        .iter()
        .map(|event| avalon::check::ParsedEnvelope::from_json(event.to_string().as_bytes()).ok())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn with_hashes_every_mutation_is_found(number in 0..20_usize, choice in any::<u64>()) {
        let game = pooled_game(number);
        let mut log = game.clone();
        prop_assume!(mutate(&mut log, &mut numbers(choice)));
        // Cutting the end leaves the log of an open game.
        prop_assume!(log.0.len() >= game.0.len() || log.0.last() == game.0.last());
        let Some(parsed) = readable(&log) else { return Ok(()) };
        let report = avalon::check::check_log(&parsed);
        prop_assert!(!report.is_sound(), "nothing found");
    }

    #[test]
    fn without_hashes_it_is_found_or_legal(number in 0..20_usize, choice in any::<u64>()) {
        let mut log = pooled_game(number).without_hashes();
        prop_assume!(mutate(&mut log, &mut numbers(choice)));
        let Some(parsed) = readable(&log) else { return Ok(()) };
        let report = avalon::check::check_log(&parsed);
        if report.is_sound() {
            let mut replay = Replay::lenient();
            for entry in &parsed {
                let refused = replay.push(&entry.envelope);
                prop_assert!(refused.is_ok(), "passed, but {:?}", refused);
            }
            // What the reducer only notes may be a warning, no more.
            for noted in replay.take_noted() {
                let severity = avalon::invariant::by_id(noted.guard.invariant()).unwrap().severity;
                prop_assert!(!severity.is_failure(), "passed, but {}", noted);
            }
        }
    }

    #[test]
    fn whatever_is_broken_nothing_panics(number in 0..20_usize, choice in any::<u64>()) {
        let mut log = pooled_game(number).without_hashes();
        let mut pick = numbers(choice);
        for _ in 0..1 + pick(30) {
            if !log.0.is_empty() {
                mutate(&mut log, &mut pick);
            }
        }
        let report = avalon::interchange::StreamOptions { threads: 1, check: Default::default() };
        avalon::interchange::check_stream(log.lines().as_bytes(), report, |_| {}).unwrap();
    }
}
