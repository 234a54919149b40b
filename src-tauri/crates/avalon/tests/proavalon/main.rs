//! Game records of ProAvalon: games played here, written down as that source does and converted
//! back; fixtures with the logs they must give; records that are broken.

#[path = "../game/mod.rs"]
mod game;

mod facts;
mod fixtures;
mod malformed;
mod record;
mod round_trip;

use avalon::check::{GameReport, ParsedEnvelope, check_log};
use avalon::import::{Converted, Pseudonyms, pseudonym, unknown};
use serde_json::Value;

/// Judges a log in wire form.
fn check(log: &[Value]) -> GameReport {
    let parse = |event: &Value| ParsedEnvelope::from_json(event.to_string().as_bytes()).unwrap();
    check_log(&log.iter().map(parse).collect::<Vec<_>>())
}

/// Converts under the salt of these tests.
fn convert(record: &Value) -> Converted {
    avalon::import::proavalon::convert(&record.to_string(), &mut salted()).unwrap()
}

fn salted() -> Pseudonyms {
    Pseudonyms::new(b"a test's salt")
}

/// A converted log fills in nothing, holds no name, and breaks no rule but by what is untold.
fn judge(converted: &Converted, names: &[&str]) -> GameReport {
    assert!(unknown::judge_unknown(&converted.log, &converted.unknown).is_empty());
    for event in &converted.log {
        assert!(pseudonym::judge_names(event, names).is_empty());
    }
    let report = check(&converted.log);
    for finding in report.findings.iter().filter(|finding| finding.severity.is_failure()) {
        let explained = unknown::is_explained(finding, &converted.log, &converted.unknown);
        assert!(explained, "{finding}");
    }
    report
}
