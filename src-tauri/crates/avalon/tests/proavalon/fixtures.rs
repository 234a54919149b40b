//! Records written by hand, with the logs they must give. `make bless` writes the logs anew.

use std::path::{Path, PathBuf};

use avalon::check::GameReport;
use avalon::import::{Converted, UnknownInput};
use serde_json::Value;

use crate::{convert, judge};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/fixtures/proavalon").join(name)
}

pub fn record(name: &str) -> Value {
    let text = std::fs::read_to_string(file(&format!("{name}.json"))).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Converts a fixture and holds the log against the one that is kept.
fn golden(name: &str) -> (Converted, GameReport) {
    let record = record(name);
    let names: Vec<&str> =
        record["playerRoles"].as_object().unwrap().keys().map(String::as_str).collect();
    let converted = convert(&record);
    let kept = file(&format!("{name}.log.jsonl"));
    if std::env::var_os("AVAULT_BLESS").is_some() {
        let lines: String = converted.log.iter().map(|event| format!("{event}\n")).collect();
        std::fs::write(&kept, lines).unwrap();
    }
    // In which order the members are written depends on who else is built along.
    let kept = std::fs::read_to_string(&kept).unwrap_or_default();
    let kept: Vec<Value> = kept.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(converted.log, kept, "{name}");
    let report = judge(&converted, &names);
    (converted, report)
}

fn times(converted: &Converted) -> Vec<i64> {
    let mut times: Vec<i64> =
        converted.log.iter().map(|event| event["ts"].as_i64().unwrap()).collect();
    times.dedup();
    times
}

#[test]
fn a_shot_at_merlin_is_told_whole() {
    let (converted, report) = golden("hit-5");
    assert!(report.is_sound(), "{:?}", report.findings);
    assert_eq!(report.game_id.unwrap(), "proavalon-64f0a1b2c3d4e5f60718293a");
    assert_eq!(report.reason.unwrap().as_str(), "assassination_hit");
    assert_eq!(converted.recorded_winner, "evil");
    assert_eq!(converted.unknown, [UnknownInput::Times]);
    assert_eq!(times(&converted), [1_693_500_000_000, 1_693_500_840_000, 1_693_500_907_250]);
    for skipped in ["E-HASH", "R-RNG", "K-MATRIX"] {
        assert!(report.skipped.iter().any(|id| id == skipped), "{skipped}");
    }
}

#[test]
fn cards_stay_untold_where_nothing_forces_them() {
    let (converted, report) = golden("lady-7");
    assert_eq!(report.reason.unwrap().as_str(), "three_fails");
    let untold = |quest: u8| {
        let of_quest = |input: &&UnknownInput| matches!(input, UnknownInput::Card { quest: told, .. } if *told == quest);
        converted.unknown.iter().filter(of_quest).count()
    };
    // Merlin went on quest 2 with the Assassin and Morgana, one of whom failed it.
    assert_eq!([1, 2, 3, 4, 5].map(untold), [0, 2, 0, 0, 0]);
    let uses = converted.log.iter().filter(|event| event["type"] == "LadyUsed");
    let shown: Vec<&str> =
        uses.map(|event| event["payload"]["loyalty"].as_str().unwrap()).collect();
    assert_eq!(shown, ["good", "good", "evil"]);
}

#[test]
fn the_mission_behind_a_rejected_hammer_is_not_played() {
    let (converted, report) = golden("hammer-6");
    assert!(report.is_sound(), "{:?}", report.findings);
    assert_eq!(report.reason.unwrap().as_str(), "five_rejections");
    assert_eq!(report.moments["K5"], 1);
    let id = report.game_id.unwrap();
    assert!(id.starts_with("proavalon-") && id.len() == 34, "{id}");
    assert_eq!(times(&converted), [1_527_930_900_000, 1_527_931_800_000]);
}

#[test]
fn a_role_that_two_players_have_leaves_the_target_untold() {
    let (converted, report) = golden("untold-target-5");
    assert_eq!(converted.unknown, [UnknownInput::Times, UnknownInput::Target]);
    assert_eq!(converted.recorded_winner, "good");
    assert!(report.findings.iter().any(|finding| finding.id == "A-REQUIRED"));
    assert!(!converted.log.iter().any(|event| event["type"] == "AssassinTargetNamed"));
}
