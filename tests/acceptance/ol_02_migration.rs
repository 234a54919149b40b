//! OL-2: games of other forms become event logs in the one form, without a server: real names go,
//! what a record does not tell stays unknown, and the log is judged, shown and shared as any other.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use acceptance::service::binary;
use serde_json::Value;

fn avault(arguments: &[&str]) -> Output {
    Command::new(binary("avault")).args(arguments).output().unwrap()
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// The games of a file as event logs in a new file.
fn imported(folder: &Path, name: &str) -> (String, String) {
    let (from, to) = (fixture(name), folder.join(name.replace('/', "-")));
    let (from, to) = (from.to_str().unwrap(), to.to_str().unwrap());
    let told = avault(&["game", "import", from, "--out", to]);
    assert!(matches!(told.status.code(), Some(0 | 1)), "{told:?}");
    (to.to_owned(), std::fs::read_to_string(to).unwrap())
}

/// The games of a log, in the order of their first events.
fn games(log: &str) -> Vec<String> {
    let mut games: Vec<String> = Vec::new();
    for line in log.lines() {
        let event: Value = serde_json::from_str(line).unwrap();
        let game = event["gameId"].as_str().unwrap().to_owned();
        if !games.contains(&game) {
            games.push(game);
        }
    }
    games
}

#[test]
fn ol_02_each_known_form_becomes_a_log_that_is_shown_shared_and_judged() {
    let folder = tempfile::tempdir().unwrap();
    for (name, real_names) in [
        ("interchange/legal-7-assassination.jsonl", vec![]),
        ("suveene-avalon/games.jsonl", vec![]),
        ("proavalon/hit-5.json", vec!["Quince", "Rowan", "Sorrel", "Tansy", "Umbel"]),
        ("proavalon/hammer-6.json", vec!["Ivy", "Jonquil", "Kale", "Lupin", "Mallow", "Nettle"]),
    ] {
        let (path, log) = imported(folder.path(), name);
        let games = games(&log);
        assert!(!games.is_empty(), "{name}");
        for real in real_names {
            assert!(!log.contains(real), "{real} of {name}");
        }
        let game = games[0].as_str();
        let shown = avault(&["--json", "game", "show", game, "--file", &path]);
        assert_eq!(shown.status.code(), Some(0), "{name}: {shown:?}");
        let shown: Value = serde_json::from_slice(&shown.stdout).unwrap();
        assert!(shown["winner"].is_string(), "{name}: {}", shown["winner"]);
        let html = format!("{path}.html");
        let shared = avault(&["game", "share", game, "--file", &path, "--out", &html]);
        assert_eq!(shared.status.code(), Some(0), "{name}: {shared:?}");
        assert!(std::fs::read_to_string(&html).unwrap().starts_with("<!doctype html>"));
        let judged = avault(&["--json", "game", "check", &path]);
        assert_eq!(judged.status.code(), Some(0), "{name}: {judged:?}");
        // It is a log like any other: what is imported again is the same.
        let again = avault(&["game", "import", &path]);
        assert_eq!(String::from_utf8(again.stdout).unwrap(), log, "{name}");
    }
}

#[test]
fn ol_02_what_is_no_game_is_told_and_makes_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("notes.txt"), folder.path().join("out.jsonl"));
    std::fs::write(&from, "not a game\n").unwrap();
    let told = avault(&["game", "import", from.to_str().unwrap(), "--out", to.to_str().unwrap()]);
    assert!(told.status.code().is_some_and(|code| code != 0), "{told:?}");
    assert!(String::from_utf8_lossy(&told.stderr).contains("line 1"), "{told:?}");
    assert!(!to.exists() || std::fs::read_to_string(&to).unwrap().is_empty());
}
