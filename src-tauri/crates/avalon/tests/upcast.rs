//! SN-2: documents of every version are read as those of the present one, and later ones are refused
//! with what to do about it.

mod game;

use std::path::Path;

use avalon::event::Version;
use avalon::profile::RuleProfile;
use avalon::reducer::fold;
use avalon::snapshot::{Cut, SNAPSHOT_VERSION, Snapshot, SnapshotError, SnapshotType, upcast};
use game::game;
use proptest::prelude::*;
use serde_json::{Value, json};

fn fixture(name: &str) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/fixtures/snapshots");
    serde_json::from_slice(&std::fs::read(folder.join(name)).unwrap()).unwrap()
}

/// A game that was dealt.
fn dealt() -> Snapshot {
    let table = game(&RuleProfile::standard(5).unwrap(), 3);
    let state = fold(&table.log[..2]).unwrap();
    let cut = Cut {
        kind: SnapshotType::RolesAssigned,
        taken_at: 1_700_000_000_123,
        event_hash: table.log[1].hash,
        rules_version: Some(Version::Text("1".into())),
    };
    Snapshot::of(&state, cut).unwrap()
}

#[test]
fn a_document_of_version_0_is_read_as_the_present_one() {
    let present = Snapshot::of_document(fixture("version-1.json")).unwrap();
    assert_eq!(Snapshot::of_document(fixture("version-0.json")).unwrap(), present);
    assert_eq!(present.metadata.snapshot_version, Version::Number(SNAPSHOT_VERSION));

    let mut unversioned = fixture("version-0.json");
    unversioned["metadata"].as_object_mut().unwrap().remove("snapshot_version");
    assert_eq!(Snapshot::of_document(unversioned.clone()).unwrap(), present);
    unversioned.as_object_mut().unwrap().remove("metadata");
    let read = Snapshot::of_document(unversioned).unwrap();
    assert_eq!((read.metadata.version, read.votes), (None, present.votes));
}

#[test]
fn every_spelling_of_version_0_is_read() {
    let with = |name: &str, value: Value| {
        let mut document = fixture("version-0.json");
        document[name] = value;
        Snapshot::of_document(document)
    };
    let moments = [
        ("游戏创建时", SnapshotType::GameCreated),
        ("角色分配完成时", SnapshotType::RolesAssigned),
        ("每轮任务分配前", SnapshotType::BeforeTeamAssignment),
        ("任务分配完成", SnapshotType::TeamAssigned),
        ("任务执行完成", SnapshotType::MissionExecuted),
        ("梅林猜测环节开始时", SnapshotType::MerlinGuessStarted),
        ("游戏结束时", SnapshotType::GameOver),
        ("GAME_OVER", SnapshotType::GameOver),
        ("missionExecuted", SnapshotType::MissionExecuted),
        ("Pre-Image", SnapshotType::PreImage),
    ];
    for (name, kind) in moments {
        assert_eq!(with("snapshot_type", json!(name)).unwrap().snapshot_type, kind, "{name}");
    }
    for time in [json!(1_795_651_200_250_u64), json!("1795651200250")] {
        assert_eq!(with("timestamp", time).unwrap().timestamp, 1_795_651_200_250);
    }
    for (name, value) in [
        ("snapshot_type", json!("K9")),
        ("timestamp", json!("yesterday")),
        ("votes", json!([{ "round": "one", "player_id": "p1", "vote": "approve" }])),
        ("players", json!([{ "player_id": "p1", "role": "KING", "is_on_mission": true }])),
        ("metadata", json!("none")),
    ] {
        let error = with(name, value).unwrap_err();
        assert!(matches!(error, SnapshotError::Unreadable { .. }), "{name}: {error}");
    }
}

#[test]
fn the_present_form_is_left_as_it_is() {
    let present = serde_json::to_value(dealt()).unwrap();
    assert_eq!(upcast::document(present.clone()).unwrap(), present);
    let mut text = fixture("version-1.json");
    text["metadata"]["snapshot_version"] = json!("1.0");
    let read = Snapshot::of_document(text).unwrap();
    assert_eq!(read.metadata.snapshot_version, Version::Text("1.0".into()));
    // What only version 0 may spell so is not guessed at in a later one.
    let mut loose = fixture("version-0.json");
    loose["metadata"]["snapshot_version"] = json!(1);
    assert!(matches!(Snapshot::of_document(loose), Err(SnapshotError::Unreadable { .. })));
}

#[test]
fn an_essence_of_version_1_is_read_and_says_so_now() {
    let snapshot = dealt();
    let essence = snapshot.essence().unwrap();
    assert_eq!(essence["snapshot_version"], json!(SNAPSHOT_VERSION));
    assert_eq!(Snapshot::of_essence(essence).unwrap(), snapshot);

    let mut stored = fixture("version-1.essence.json");
    assert_eq!(stored.get("snapshot_version"), None);
    let read = Snapshot::of_essence(stored.clone()).unwrap();
    assert_eq!((read.at_seq(), read.snapshot_type), (Some(2), SnapshotType::RolesAssigned));
    stored["snapshot_version"] = json!(1);
    assert_eq!(read.essence(), Some(stored));
}

#[test]
fn a_newer_form_is_refused_as_such() {
    for version in [json!(2), json!("2"), json!("v2.1"), json!(u64::MAX)] {
        // What else has changed does not hide it.
        let document = json!({ "metadata": { "snapshot_version": version } });
        let error = Snapshot::of_document(document).unwrap_err();
        assert!(matches!(error, SnapshotError::Newer(_)), "{error}");
        assert!(error.to_string().contains("written by a newer version"), "{error}");
        let error = Snapshot::of_essence(json!({ "snapshot_version": version })).unwrap_err();
        assert!(matches!(error, SnapshotError::Newer(_)), "{error}");
    }
    for version in [json!(-1), json!(1.5), json!([1]), json!(true)] {
        let document = json!({ "metadata": { "snapshot_version": version } });
        let error = Snapshot::of_document(document).unwrap_err();
        assert!(error.to_string().contains("snapshot_version"), "{error}");
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i64..4).prop_map(Value::from),
        "[ aZé是_-]{0,6}".prop_map(Value::from),
    ];
    let name = prop::sample::select(vec![
        "timestamp",
        "snapshot_type",
        "game_state",
        "current_round",
        "mission_results",
        "players",
        "role",
        "is_on_mission",
        "votes",
        "round",
        "vote",
        "missions",
        "results",
        "metadata",
        "snapshot_version",
    ]);
    leaf.prop_recursive(4, 40, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((name.clone(), inner), 0..6).prop_map(|members| {
                members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
            }),
        ]
    })
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(value in any_json()) {
        let once = upcast::document(value.clone());
        prop_assert_eq!(&once, &upcast::document(value.clone()));
        if let Ok(once) = once {
            prop_assert_eq!(&upcast::document(once.clone()).unwrap(), &once, "once is enough");
        }
        let _ = upcast::essence(value.clone());
        let _ = Snapshot::of_document(value.clone());
        let _ = Snapshot::of_essence(value);
    }
}
