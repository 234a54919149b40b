//! SN-2: the document as Protocol Buffers is the document, whatever it holds, and other bytes are
//! refused with what is wrong with them.

mod game;

use std::path::Path;

use avalon::event::{Card, QuestResult, Version, Vote};
use avalon::moment::moments;
use avalon::reducer::fold;
use avalon::role::Role;
use avalon::snapshot::protobuf::{ProtobufError, from_bytes, to_bytes};
use avalon::snapshot::{
    Cut, Snapshot, SnapshotMetadata, SnapshotMission, SnapshotPlayer, SnapshotState, SnapshotType,
    SnapshotVote,
};
use game::{game, profiles};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Value, json};

fn fixture(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/fixtures/snapshots");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

fn small() -> Snapshot {
    serde_json::from_str(&fixture("version-1.json")).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_snapshot_of_a_game_comes_back(profile in profiles(), number in any::<u64>()) {
        let table = game(&profile, number);
        for (moment, seq) in moments(&table.log) {
            let at = usize::try_from(seq).unwrap();
            let cut = Cut {
                kind: moment.into(),
                taken_at: 1_700_000_000_123,
                event_hash: table.log[at - 1].hash,
                rules_version: Some(Version::Text("1".into())),
            };
            let snapshot = Snapshot::of(&fold(&table.log[..at]).unwrap(), cut).unwrap();
            let bytes = to_bytes(&snapshot);
            let read = from_bytes(&bytes).unwrap();
            prop_assert_eq!(&read, &snapshot);
            prop_assert_eq!(read.whole().unwrap(), snapshot.whole().unwrap());
            prop_assert_eq!(to_bytes(&read), bytes);
        }
    }

    #[test]
    fn a_message_that_was_cut_off_is_refused(profile in profiles(), number in any::<u64>(), cuts in prop::collection::vec(any::<Index>(), 16)) {
        let table = game(&profile, number);
        let cut = Cut { kind: SnapshotType::GameOver, taken_at: -1, event_hash: None, rules_version: None };
        let bytes = to_bytes(&Snapshot::of(&table.state, cut).unwrap());
        for cut in cuts {
            prop_assert!(from_bytes(&bytes[..cut.index(bytes.len())]).is_err());
        }
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 30, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((any::<String>(), inner), 0..5)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

fn version() -> impl Strategy<Value = Version> {
    prop_oneof![any::<u64>().prop_map(Version::Number), any::<String>().prop_map(Version::Text)]
}

fn some<T: std::fmt::Debug>(one: impl Strategy<Value = T>) -> impl Strategy<Value = Vec<T>> {
    prop::collection::vec(one, 0..6)
}

fn metadata() -> impl Strategy<Value = SnapshotMetadata> {
    let ours = prop_oneof![
        (0_u64..2).prop_map(Version::Number),
        select(vec!["1", "1.0", "v1", "", "0"]).prop_map(|text| Version::Text(text.into())),
    ];
    (prop::option::of(version()), ours, any_json()).prop_map(
        |(version, snapshot_version, additional_info)| SnapshotMetadata {
            version,
            snapshot_version,
            additional_info,
        },
    )
}

fn game_state() -> impl Strategy<Value = SnapshotState> {
    let results = some(select(vec![QuestResult::Success, QuestResult::Fail]));
    (any::<[u8; 3]>(), results, any::<Option<u8>>()).prop_map(
        |([current_round, vote_track, quest_track], mission_results, leader_index)| SnapshotState {
            current_round,
            mission_results,
            leader_index,
            vote_track,
            quest_track,
        },
    )
}

/// Any document that the types allow, played or not.
fn documents() -> impl Strategy<Value = Snapshot> {
    let names = (any::<String>(), any::<String>(), any::<Option<String>>(), any::<i64>());
    let kind = select(SnapshotType::ALL.to_vec());
    let role = prop::option::of(select(Role::ALL.to_vec()));
    let player =
        (any::<String>(), role, any::<bool>()).prop_map(|(player, role, is_on_mission)| {
            SnapshotPlayer { player_id: player.into(), role, is_on_mission }
        });
    let vote = (any::<u32>(), any::<String>(), select(vec![Vote::Approve, Vote::Reject]));
    let vote = vote.prop_map(|(round, player, vote)| SnapshotVote {
        round,
        player_id: player.into(),
        vote,
    });
    let cards = some(select(vec![Card::Success, Card::Fail]));
    let mission = (any::<String>(), any::<u8>(), some(any::<String>()), cards).prop_map(
        |(mission_id, round, players, results)| SnapshotMission {
            mission_id,
            round,
            players: players.into_iter().map(Into::into).collect(),
            results,
        },
    );
    (names, kind, game_state(), some(player), some(vote), some(mission), metadata()).prop_map(
        |(names, snapshot_type, game_state, players, votes, missions, metadata)| Snapshot {
            snapshot_id: names.0,
            game_id: names.1.into(),
            room_id: names.2.map(Into::into),
            snapshot_type,
            timestamp: names.3,
            game_state,
            players,
            votes,
            missions,
            metadata,
        },
    )
}

proptest! {
    #[test]
    fn every_document_comes_back(document in documents()) {
        let bytes = to_bytes(&document);
        let read = from_bytes(&bytes).unwrap();
        prop_assert_eq!(&read, &document);
        prop_assert_eq!(to_bytes(&read), bytes);
    }

    #[test]
    fn a_newer_form_is_told_as_such(document in documents(), version in 2_u64..) {
        let mut document = document;
        document.metadata.snapshot_version = Version::Number(version);
        let error = from_bytes(&to_bytes(&document)).unwrap_err();
        prop_assert!(matches!(&error, ProtobufError::Newer(_)), "{}", error);
        prop_assert!(error.to_string().contains("written by a newer version"));
    }

    #[test]
    fn garbage_never_panics(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = from_bytes(&bytes);
    }

    #[test]
    fn a_changed_byte_never_panics(document in documents(), changes in prop::collection::vec((any::<Index>(), any::<u8>()), 1..4)) {
        let mut bytes = to_bytes(&document);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(read) = from_bytes(&bytes) {
            prop_assert_eq!(from_bytes(&to_bytes(&read)).unwrap(), read);
        }
    }
}

#[test]
fn the_bytes_of_version_1_are_what_they_were() {
    let hex: String = to_bytes(&small()).iter().map(|byte| format!("{byte:02x}")).collect();
    let lines: Vec<&str> = (0..hex.len().div_ceil(64))
        .map(|line| &hex[line * 64..hex.len().min(line * 64 + 64)])
        .collect();
    let wanted = fixture("version-1.pb.hex");
    assert_eq!(lines, wanted.lines().collect::<Vec<_>>(), "{}", lines.join("\n"));
    let digits: String = wanted.split_whitespace().collect();
    let byte = |at| u8::from_str_radix(&digits[at..at + 2], 16).unwrap();
    let bytes: Vec<u8> = (0..digits.len()).step_by(2).map(byte).collect();
    assert_eq!(from_bytes(&bytes).unwrap(), small());
}

#[test]
fn a_document_of_somebody_else_comes_back() {
    for info in
        [Value::Null, json!(""), json!({}), json!({ "b": 9_007_199_254_740_993_u64, "a": 1.0 })]
    {
        let mut document = small();
        document.room_id = None;
        document.metadata.version = None;
        document.metadata.snapshot_version = Version::Text("1.0".into());
        document.metadata.additional_info = info;
        assert_eq!(from_bytes(&to_bytes(&document)).unwrap(), document);
    }
}

#[test]
fn additional_info_is_exact_and_in_the_order_of_names() {
    let mut document = small();
    document.metadata.additional_info =
        json!({ "b": { "d": 9_007_199_254_740_993_u64, "c": -1 }, "a": 1.0 });
    let text = br#"{"a":1.0,"b":{"c":-1,"d":9007199254740993}}"#;
    assert!(to_bytes(&document).ends_with(text));
}

/// A field with a number below 128: the wire's tag is `field << 3`.
fn number(field: u8, value: u8) -> Vec<u8> {
    vec![field << 3, value]
}

/// A field with a length: bytes, text or a message.
fn nested(field: u8, content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![field << 3 | 2, u8::try_from(content.len()).unwrap()];
    bytes.extend(content);
    bytes
}

/// The least that is a document; the type is left to the caller.
fn least(more: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = nested(6, &[]);
    bytes.extend(nested(10, &nested(2, &number(1, 1))));
    bytes.extend(more.concat());
    bytes
}

#[test]
fn the_least_is_read() {
    let read = from_bytes(&least(&[number(4, 1), number(99 >> 3, 1)])).unwrap();
    assert_eq!(read.snapshot_type, SnapshotType::GameCreated);
    assert_eq!((read.game_id.as_str(), read.room_id, read.players.len()), ("", None, 0));
    assert_eq!(read.metadata.snapshot_version, Version::Number(1));
    assert_eq!(read.metadata.additional_info, Value::Null);
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let refused = |bytes: &[u8]| from_bytes(bytes).unwrap_err();
    let named = |field: &str| field.to_owned();
    let with = |more: Vec<u8>| refused(&least(&[number(4, 1), more]));

    assert_eq!(refused(&least(&[])), ProtobufError::Unspecified { field: named("snapshot_type") });
    assert_eq!(
        refused(&least(&[number(4, 100)])),
        ProtobufError::UnknownValue { field: named("snapshot_type"), value: 100 }
    );
    assert_eq!(refused(&[]), ProtobufError::Missing { field: named("metadata") });
    assert_eq!(
        refused(&nested(10, &[])),
        ProtobufError::Missing { field: named("metadata.snapshot_version") }
    );
    assert_eq!(
        refused(&nested(10, &nested(2, &[]))),
        ProtobufError::Missing { field: named("metadata.snapshot_version") }
    );
    let metadata = nested(10, &nested(2, &number(1, 1)));
    let typed = [number(4, 1), metadata].concat();
    assert_eq!(refused(&typed), ProtobufError::Missing { field: named("game_state") });

    let second = [nested(7, &number(2, 1)), nested(7, &number(2, 0))].concat();
    assert_eq!(with(second), ProtobufError::Unspecified { field: named("players[1].role") });
    assert_eq!(
        with(nested(8, &number(3, 3))),
        ProtobufError::UnknownValue { field: named("votes[0].vote"), value: 3 }
    );
    assert_eq!(
        with(nested(9, &nested(4, &[1, 2, 9]))),
        ProtobufError::UnknownValue { field: named("missions[0].results[2]"), value: 9 }
    );
    assert_eq!(
        with(nested(6, &nested(2, &[1, 0]))),
        ProtobufError::Unspecified { field: named("game_state.mission_results[1]") }
    );
    assert_eq!(
        with(nested(6, &[3 << 3, 0x80, 0x02])),
        ProtobufError::TooGreat { field: named("game_state.leader_index"), value: 256 }
    );
    assert!(matches!(with(nested(10, &nested(3, b"{"))), ProtobufError::NotJson { .. }));
    assert!(matches!(with(nested(10, &nested(3, b""))), ProtobufError::NotJson { .. }));
    assert!(matches!(with(nested(1, &[0xff])), ProtobufError::Malformed { .. }));
}

#[test]
fn a_newer_form_is_told_before_what_it_is_made_of() {
    let newer = [number(4, 100), nested(10, &nested(2, &nested(2, b"2.1")))].concat();
    let ProtobufError::Newer(newer) = from_bytes(&newer).unwrap_err() else { panic!() };
    assert_eq!((newer.found, newer.known), (Version::Text("2.1".into()), 1));
}
