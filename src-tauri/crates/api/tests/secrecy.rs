//! Secrecy, over every output: two games that differ only in what a viewer may not know are told to that
//! viewer in the same bytes, after every event, by every operation that tells of a game, in every file,
//! in refusals, and in what is written to the log of the program.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a failed step fails the test")]

#[path = "../../avalon/tests/game/mod.rs"]
mod game;

use std::io::Write;
use std::sync::{Arc, Mutex};

use api::service::{Service, ServiceOptions};
use api::{Caller, Operation};
use avalon::event::Envelope;
use avalon::view::Viewer;
use game::twins::Twins;
use game::{numbers, profiles};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use tracing_subscriber::fmt::MakeWriter;

/// What the program wrote to its log.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Written {
    fn take(&self) -> String {
        String::from_utf8(std::mem::take(&mut *self.0.lock().unwrap())).unwrap()
    }
}

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Written {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// Members of states that tell roles, votes and cards, to look through.
const FIELDS: [&str; 5] = ["players", "quests", "winner", "voteTrack", "quests.0.proposals"];

struct Told {
    service: Service,
    caller: Caller,
    written: Written,
}

impl Told {
    async fn ask(&self, operation: Operation, request: Value) -> Value {
        match self.service.call(&self.caller, operation, request).await {
            Ok(answer) => answer,
            Err(refusal) => serde_json::to_value(refusal).unwrap(),
        }
    }

    /// All that is told to a viewer of a game, by what it was asked with.
    async fn all(&self, log: &[Envelope], viewer: &str) -> Vec<(String, String)> {
        let lines: Vec<String> =
            log.iter().map(|event| serde_json::to_string(event).unwrap()).collect();
        let opened = json!({ "name": "game.jsonl", "text": lines.join("\n") });
        // What a file holds is told to whoever opens it.
        let opened = self.ask(Operation::GameOpen, opened).await;
        let file = opened["file"].as_str().unwrap().to_owned();
        let id = log[0].game_id.as_str();
        let at = |seq: Value| json!({ "game": id, "seq": seq, "file": file });
        self.written.take();

        let mut asked = Vec::new();
        let first_skipped = json!([{ "seq": 2, "change": { "kind": "skip" } }]);
        for seq in 1..=log.len() {
            asked.push((
                Operation::GameShow,
                json!({
                    "id": id, "seq": seq, "viewer": viewer, "file": file,
                }),
            ));
            asked.push((
                Operation::GameDiff,
                json!({
                    "before": at(json!(seq)), "after": at(Value::Null), "viewer": viewer,
                }),
            ));
        }
        for path in FIELDS {
            let wanted = json!({ "kind": "field", "path": path });
            asked.push((
                Operation::GameBisect,
                json!({
                    "game": id, "file": file, "viewer": viewer, "wanted": wanted,
                }),
            ));
        }
        for language in ["zh-CN", "en"] {
            for names in ["keep", "seats"] {
                asked.push((Operation::GameShare, json!({
                    "id": id, "file": file, "viewer": viewer, "language": language, "names": names,
                })));
            }
            for format in ["json", "markdown", "html"] {
                let diff =
                    json!({ "before": at(json!(3)), "after": at(Value::Null), "viewer": viewer });
                asked.push((
                    Operation::GameExportDiff,
                    json!({
                        "diff": diff, "format": format, "language": language,
                    }),
                ));
            }
        }
        // Refusals tell no more than answers do.
        let rule = json!({ "kind": "rule", "id": "V-MAJORITY" });
        asked.push((
            Operation::GameBisect,
            json!({
                "game": id, "file": file, "viewer": viewer, "wanted": rule,
            }),
        ));
        asked.push((
            Operation::GameShow,
            json!({
                "id": id, "seq": null, "viewer": viewer, "file": file, "whatIf": first_skipped,
            }),
        ));

        let mut told = Vec::new();
        let without = |text: String| text.replace(&file, "FILE");
        for (operation, request) in asked {
            let question = without(format!("{operation:?} {request}"));
            let answer = without(self.ask(operation, request).await.to_string());
            told.push((question, answer));
        }
        told.push(("what was logged".into(), without(self.written.take())));
        told
    }
}

/// The first thing that is told otherwise.
fn difference(left: &[(String, String)], right: &[(String, String)]) -> Option<String> {
    let pair = left.iter().zip(right).find(|(left, right)| left != right)?;
    Some(format!("{}:\n{}\n{}", pair.0.0, pair.0.1, pair.1.1))
}

#[test]
fn a_viewer_is_told_nothing_that_is_hidden_by_any_output() {
    let written = Written::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .without_time()
        .with_thread_ids(false)
        .with_writer(written.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let home = tempfile::tempdir().unwrap();
    let mut options = ServiceOptions::from_environment(|_| None);
    options.home = home.path().to_owned();
    let service = runtime.block_on(Service::start(options)).unwrap();
    let told = Told { caller: service.local_owner(), service, written };

    let config = ProptestConfig { cases: 12, failure_persistence: None, ..Default::default() };
    let tables = (profiles(), any::<u64>(), prop::option::weighted(0.85, 0_u8..10));
    let outcome = TestRunner::new(config).run(&tables, |(profile, number, seat)| {
        let seat = seat.map(|seat| seat % profile.n);
        let Some(mut twins) = Twins::new(&profile, number, seat, numbers(number)) else {
            return Ok(());
        };
        while twins.step() {}
        let viewer = match twins.viewer() {
            Viewer::Seat(player) => player.as_str().to_owned(),
            _ => "audience".to_owned(),
        };
        let (left, right) = (&twins.left.log, &twins.right.log);
        let of = |log: &[Envelope], viewer: &str| runtime.block_on(told.all(log, viewer));
        let (one, other) = (of(left, &viewer), of(right, &viewer));
        prop_assert_eq!(one.len(), other.len());
        if let Some(difference) = difference(&one, &other) {
            return Err(TestCaseError::fail(format!("{viewer} is told\n{difference}")));
        }
        prop_assert!(one.iter().any(|(_, answer)| answer.contains("<!doctype html>")));
        if left.len() > 3 {
            // That they differ shows at the deal already.
            let differs = difference(&of(&left[..3], "god"), &of(&right[..3], "god"));
            prop_assert!(differs.is_some(), "the twins are no twins");
        }
        Ok(())
    });
    runtime.block_on(told.service.shut_down());
    outcome.unwrap();
}
