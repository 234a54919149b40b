//! Real games convert and check clean.

use std::path::{Path, PathBuf};

use avalon::import::suveene::convert;
use avalon::import::{Pseudonyms, UnknownInput, pseudonym, unknown};
use serde_json::Value;

use crate::wire::Log;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
}

fn judge_games(file: &Path) -> usize {
    let text = std::fs::read_to_string(file).unwrap();
    let mut pseudonyms = Pseudonyms::new(b"a test's salt");
    let mut games = 0;
    for line in text.lines() {
        let converted = convert(line, &mut pseudonyms).unwrap();
        let report = Log(converted.log.clone()).check();
        let id = report.game_id.clone().unwrap();
        assert!(report.is_sound(), "{id}: {:?}", report.findings);
        assert_eq!(report.winner.unwrap().as_str(), converted.recorded_winner, "{id}");
        for skipped in ["E-HASH", "R-RNG", "T-DURATION"] {
            assert!(report.skipped.iter().any(|id| id == skipped), "{id}: {skipped}");
        }
        assert_eq!(converted.unknown, [UnknownInput::Times], "{id}");
        assert!(unknown::judge_unknown(&converted.log, &converted.unknown).is_empty());
        judge_names(line, &converted.log);
        games += 1;
    }
    games
}

fn judge_names(line: &str, log: &[Value]) {
    let source: Value = serde_json::from_str(line).unwrap();
    let names: Vec<&str> =
        source["players"].as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
    for event in log {
        assert!(pseudonym::judge_names(event, &names).is_empty());
    }
}

#[test]
fn the_excerpt_is_sound() {
    assert_eq!(judge_games(&root().join("tests/fixtures/suveene-avalon/games.jsonl")), 20);
}

/// Beside the repository the whole collection may lie.
#[test]
fn the_whole_collection_is_sound_where_it_is_at_hand() {
    let file = root().join("../shared/data/suveene-avalon/games.jsonl");
    if file.exists() {
        assert_eq!(judge_games(&file), 60);
    }
}

#[test]
fn votes_that_the_source_lost_stay_unknown() {
    let text =
        std::fs::read_to_string(root().join("tests/fixtures/suveene-avalon/games.jsonl")).unwrap();
    let mut game: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    let votes = game["missions"][0]["proposals"][0]["votes"].as_array_mut().unwrap();
    votes.pop();
    let converted = convert(&game.to_string(), &mut Pseudonyms::new(b"salt")).unwrap();
    assert!(matches!(converted.unknown[1], UnknownInput::Vote { quest: 1, attempt: 1, .. }));
    assert!(unknown::judge_unknown(&converted.log, &converted.unknown).is_empty());
    let report = Log(converted.log).check();
    assert!(report.findings.iter().any(|finding| finding.id == "V-COMPLETE"));
}

#[test]
fn what_is_no_such_game_is_told() {
    let mut pseudonyms = Pseudonyms::new(b"salt");
    for line in ["", "{}", "[1]", r#"{"game_id": "x"}"#] {
        assert_eq!(convert(line, &mut pseudonyms).unwrap_err().id, "I-PARSE");
    }
}
