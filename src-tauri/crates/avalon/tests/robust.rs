//! Nothing panics, on whatever input.

mod game;

use avalon::event::{Envelope, Event};
use avalon::play::turn;
use avalon::profile::RuleProfile;
use avalon::reducer::{Replay, fold};
use avalon::state::GameState;
use game::game;
use proptest::prelude::*;
use serde_json::{Value, json};

fn base() -> RuleProfile {
    RuleProfile::standard(7).unwrap()
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (0_u64..12).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        "(player-[0-9]|good|approve|fail|MERLIN|[a-z]{0,3})".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("(player-[0-9]|q|a|team|votes|[a-z]{1,3})", inner, 0..5)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_panics_on_any_event(
        number in 0_u64..50,
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>(), any_json()), 1..6),
    ) {
        let profile = base().with_lady().with_lancelots(1);
        let mut log = game(&profile, number).log;
        for (at, field, value) in changes {
            let at = at.index(log.len());
            let mut json = serde_json::to_value(&log[at]).unwrap();
            let payload = json["payload"].as_object_mut().unwrap();
            let names: Vec<String> = payload.keys().cloned().collect();
            if !names.is_empty() {
                payload.insert(names[field.index(names.len())].clone(), value);
            }
            log[at] = Envelope::from_value(json).unwrap();
        }
        let mut replay = Replay::lenient();
        let mut strict = Replay::new();
        for envelope in &log {
            let _ = replay.push(envelope);
            let _ = strict.push(envelope);
            let _ = avalon::view::view_state(replay.state(), &avalon::view::Viewer::Audience);
            let _ = turn(replay.state());
        }
        let _ = replay.state().state_hash().unwrap();
    }

    #[test]
    fn any_json_is_read_or_refused(
        json in any_json(),
        kind in prop::sample::select(Event::KINDS),
        seq in any::<u64>(),
    ) {
        let _ = Envelope::from_value(json.clone());
        let json = json!({"gameId": "game", "seq": seq, "ts": 0, "type": kind, "payload": json});
        let envelope = Envelope::from_value(json.clone()).unwrap();
        let mut state = game(&base(), 7).state;
        let _ = state.apply_leniently(&envelope, &mut Vec::new());
        let _ = serde_json::to_value(&envelope).unwrap();
        let _ = envelope.content_hash();
    }

    #[test]
    fn any_state_is_survived(json in any_json(), field in any::<prop::sample::Index>(), number in 0_u64..20) {
        let log = game(&base().with_lady(), number).log;
        let half = fold(&log[..log.len() / 2]).unwrap();
        let mut stored = serde_json::to_value(&half).unwrap();
        let object = stored.as_object_mut().unwrap();
        let names: Vec<String> = object.keys().cloned().collect();
        object.insert(names[field.index(names.len())].clone(), json);
        if let Ok(mut state) = serde_json::from_value::<GameState>(stored) {
            for envelope in &log[log.len() / 2..] {
                let _ = state.apply_leniently(envelope, &mut Vec::new());
                let _ = turn(&state);
                let _ = avalon::play::legal_events(&state);
            }
        }
    }
}
