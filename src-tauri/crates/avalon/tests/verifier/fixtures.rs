//! Interchange files with the reports they must give. `make bless` writes them anew.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use crate::games::{Base, pooled_game};
use crate::log_cases::{CASES, Case};
use crate::stream::check;
use crate::wire::Log;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/fixtures/interchange")
}

fn sealed(base: Base) -> String {
    Log::from(base.sealed().as_slice()).lines()
}

/// Only what the format asks for.
fn bare(base: Base) -> String {
    let mut log = base.log();
    for event in &mut log.0 {
        let members = event.as_object_mut().unwrap();
        for name in ["eventId", "roomId", "commandId", "actor", "visibility", "v"] {
            members.remove(name);
        }
        let payload = members["payload"].as_object_mut().unwrap();
        for name in ["knowledge", "rngCommit", "candidates", "nextLeader", "voteTrackAfter"] {
            payload.remove(name);
        }
    }
    log.lines()
}

/// A game broken in one way, under an id that tells which.
fn broken(id: &str) -> String {
    let Case(_, base, breach, _) = CASES.iter().find(|case| case.0 == id).unwrap();
    let mut log = base.log();
    breach(&mut log);
    for event in &mut log.0 {
        event["gameId"] = format!("broken-{id}").into();
        if let Some(game) = event["payload"].get_mut("gameId") {
            *game = format!("broken-{id}").into();
        }
    }
    log.lines()
}

/// One line of each game in turn.
fn interleaved(games: &[Log]) -> String {
    let longest = games.iter().map(|game| game.0.len()).max().unwrap_or(0);
    let lines = (0..longest).flat_map(|at| games.iter().filter_map(move |game| game.0.get(at)));
    lines.map(|event| format!("{event}\n")).collect()
}

fn contents() -> Vec<(&'static str, String)> {
    let ids = [
        "C-PROFILE",
        "R-EVIL-COUNT",
        "K-MATRIX",
        "L-ROTATION",
        "P-SIZE",
        "V-COMPLETE",
        "V-MAJORITY",
        "M-GOOD-SUCCESS",
        "M-RESULT",
        "LK-TARGET",
        "X-EFFECT",
        "LN-DECK",
        "A-REQUIRED",
        "W-RESULT",
        "E-SEQ",
        "E-FSM",
        "D-PAUSED",
    ];
    vec![
        ("legal-5-revised", sealed(Base::Revised)),
        ("legal-7-assassination", sealed(Base::Hit)),
        ("legal-7-five-rejections", sealed(Base::FiveRejections)),
        ("legal-7-forced", sealed(Base::Forced)),
        ("legal-8-lady", sealed(Base::Lady)),
        ("legal-8-excalibur", sealed(Base::Excalibur)),
        ("legal-8-lancelot", sealed(Base::Lancelot2)),
        ("legal-10-bare", bare(Base::Ten)),
        ("legal-interleaved", interleaved(&[pooled_game(0), pooled_game(1), pooled_game(2)])),
        ("broken-one-each", ids.map(broken).concat()),
        ("broken-lines", format!("{}not json\n{{\"gameId\":\"x\"}}\n", bare(Base::ThreeFails))),
        ("broken-hash", sealed(Base::Hit).replacen("\"approve\"", "\"reject\"", 1)),
    ]
}

#[test]
fn files_give_their_reports() {
    for (name, text) in contents() {
        let (log, report) = (format!("{name}.jsonl"), format!("{name}.report.jsonl"));
        if std::env::var_os("AVAULT_BLESS").is_some() {
            std::fs::create_dir_all(folder()).unwrap();
            std::fs::write(folder().join(&log), &text).unwrap();
            std::fs::write(folder().join(&report), reports(&text)).unwrap();
        }
        let read = |file: &str| std::fs::read_to_string(folder().join(file)).unwrap_or_default();
        assert_eq!(reports(&read(&log)), read(&report), "{name}");
        assert!(!read(&report).is_empty(), "{name} is missing; run `make bless`");
    }
}

fn reports(text: &str) -> String {
    let mut lines = String::new();
    for report in check(text, 2).0 {
        writeln!(lines, "{}", serde_json::to_string(&report).unwrap()).unwrap();
    }
    lines
}

#[test]
fn legal_files_are_sound_and_broken_ones_are_not() {
    for (name, _) in contents() {
        let text = std::fs::read_to_string(folder().join(format!("{name}.jsonl"))).unwrap();
        let (_, summary) = check(&text, 2);
        assert_eq!(summary.unsound == 0, name.starts_with("legal"), "{name}");
    }
}
