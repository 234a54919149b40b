//! The published JSON Schemas are up to date, and what is written fits them.
//! `AVAULT_BLESS=1` writes them anew.

mod game;

use std::path::PathBuf;

use avalon::document::{EventDoc, GameDoc, HistoryDoc};
use avalon::event::Envelope;
use avalon::profile::RuleProfile;
use avalon::rating::{START, StatsFold};
use avalon::reducer::fold;
use avalon::schema::schemas;
use avalon::view::{Viewer, view_event, view_state};
use game::{game, players};
use serde::Serialize;
use serde_json::Value;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../schemas")
}

#[test]
fn the_published_schemas_are_up_to_date() {
    let bless = std::env::var_os("AVAULT_BLESS").is_some();
    let mut stale = Vec::new();
    for (name, schema) in schemas() {
        let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
        let path = folder().join(name);
        // Held against the value, not the text: the order of members is whatever the JSON library
        // was built with.
        let published = std::fs::read(&path).ok();
        let published = published.and_then(|bytes| serde_json::from_slice::<Value>(&bytes).ok());
        if published.as_ref() == Some(schema.as_value()) {
            continue;
        }
        if bless {
            std::fs::create_dir_all(folder()).unwrap();
            std::fs::write(&path, text).unwrap();
        } else {
            stale.push(name);
        }
    }
    assert!(stale.is_empty(), "{stale:?} differ from the types; set AVAULT_BLESS=1 to write them");
}

struct Validators(Vec<(&'static str, jsonschema::Validator)>);

impl Validators {
    fn new() -> Self {
        let validator = |(name, schema): (&'static str, schemars::Schema)| {
            (name, jsonschema::validator_for(schema.as_value()).unwrap())
        };
        Self(schemas().into_iter().map(validator).collect())
    }

    fn problem(&self, name: &str, value: &Value) -> Option<String> {
        let (_, validator) = self.0.iter().find(|(known, _)| *known == name).unwrap();
        validator.iter_errors(value).next().map(|error| error.to_string())
    }

    fn fits<T: Serialize>(&self, name: &str, value: &T) {
        let value = serde_json::to_value(value).unwrap();
        assert_eq!(self.problem(name, &value), None, "{name}: {value}");
    }
}

#[test]
fn what_is_written_fits() {
    let validators = Validators::new();
    for number in 0..8 {
        let profile =
            RuleProfile::standard(7).unwrap().with_lady().with_lancelots(number as u8 % 4);
        let table = game(&profile, number);
        for (at, envelope) in table.log.iter().enumerate() {
            validators.fits("event-envelope.json", envelope);
            validators.fits("game_events.json", &EventDoc(envelope));
            let state = fold(&table.log[..=at]).unwrap();
            let viewer = Viewer::Seat(players(7)[at % 7].clone());
            validators.fits("state-view.json", &view_state(&state, &viewer));
            if let Some(view) = view_event(&state, envelope, &viewer) {
                validators.fits("event-view.json", &view);
            }
            validators.fits("games.json", &GameDoc::of(state, 1, envelope.ts));
        }
        let history = HistoryDoc::of(&table.state, |_| START).unwrap();
        validators.fits("game_history.json", &history);
        let mut stats = StatsFold::default();
        stats.add(&history);
        for stats in stats.into_stats().values() {
            validators.fits("stats.json", stats);
        }
    }
}

#[test]
fn what_is_malformed_does_not_fit() {
    let validators = Validators::new();
    let table = game(&RuleProfile::standard(5).unwrap(), 1);
    let good = serde_json::to_value(&table.log[2]).unwrap();
    for (pointer, bad) in [
        ("/seq", Value::from(0)),
        ("/type", Value::from("Nonsense")),
        ("/payload/q", Value::from("one")),
        ("/prevHash", Value::from("xyz")),
        ("/ts", Value::Null),
    ] {
        let mut event = good.clone();
        *event.pointer_mut(pointer).unwrap() = bad;
        assert!(validators.problem("event-envelope.json", &event).is_some(), "{pointer}");
    }
}

#[test]
fn a_stored_event_reads_back_and_keeps_its_hash() {
    let table = game(&RuleProfile::standard(6).unwrap(), 2);
    for envelope in &table.log {
        let stored = serde_json::to_value(EventDoc(envelope)).unwrap();
        assert_eq!(stored["_id"], stored["eventId"]);
        let read = Envelope::from_value(stored).unwrap();
        assert_eq!(&read, envelope);
        assert_eq!(read.verify_hash(), Some(true));
    }
}

#[test]
fn unknown_members_are_kept_and_hashed() {
    let mut json =
        serde_json::to_value(&game(&RuleProfile::standard(6).unwrap(), 2).log[2]).unwrap();
    json["payload"]["note"] = Value::from("é");
    json["region"] = serde_json::json!({"b": 1.0, "a": [null]});
    let mut envelope = Envelope::from_value(json.clone()).unwrap();
    assert_eq!(envelope.verify_hash(), Some(false), "the hash was made without them");
    assert_eq!(serde_json::to_value(&envelope).unwrap(), json);
    envelope.seal(envelope.prev_hash.unwrap()).unwrap();
    let line = serde_json::to_string(&envelope).unwrap();
    let mut hasher = avalon::canonical::EventHasher::default();
    assert_eq!(hasher.content_hash(&line).unwrap(), envelope.hash.unwrap());
}

#[test]
fn statistics_are_the_sum_of_the_deltas() {
    let mut stats = StatsFold::default();
    let mut ended = Vec::new();
    for number in 0..20 {
        let mut history =
            HistoryDoc::of(&game(&RuleProfile::standard(6).unwrap(), number).state, |player| {
                stats.rating(player)
            })
            .unwrap();
        history.ended_at = i64::try_from(number).unwrap();
        history.id = format!("game-{number}").into();
        stats.add(&history);
        ended.push(history);
    }
    let mut backwards = StatsFold::default();
    ended.iter().rev().for_each(|history| backwards.add(history));
    let stats = stats.into_stats();
    assert_eq!(backwards.into_stats(), stats, "the order does not matter");
    let global = &stats[avalon::rating::GLOBAL];
    assert_eq!((global.games, global.rating), (120, None));
    assert_eq!(global.by_role["MERLIN"].games, 20);
    let player = &stats[&players(6)[0]];
    assert_eq!((player.games, player.by_size["6"].games), (20, 20));
    let last = &ended[19].deltas[0];
    assert_eq!(player.rating, Some(last.rating_after));
}
