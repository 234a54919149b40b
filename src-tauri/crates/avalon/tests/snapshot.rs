//! SN-1, SN-2: the series of a played game, the document of the specification field for field, and
//! documents that somebody else wrote.

mod game;

use std::collections::BTreeSet;

use avalon::event::{Card, QuestResult, Version, Vote};
use avalon::moment::moments;
use avalon::reducer::fold;
use avalon::snapshot::delta::{apply, delta};
use avalon::snapshot::{Cut, Snapshot, SnapshotError, SnapshotType, id_of};
use avalon::state::{GameState, Quest};
use avalon::view::{Viewer, view_state};
use game::{game, profiles};
use proptest::prelude::*;
use serde_json::{Value, json};

fn cut(kind: SnapshotType) -> Cut {
    let rules_version = Some(Version::Text("1".into()));
    Cut { kind, taken_at: 1_700_000_000_123, event_hash: None, rules_version }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_moment_of_a_game_is_brought_back(profile in profiles(), number in any::<u64>()) {
        let table = game(&profile, number);
        let schema = avalon::schema::schemas().into_iter().find(|(name, _)| *name == "snapshot.json");
        let schema = jsonschema::validator_for(schema.unwrap().1.as_value()).unwrap();
        let mut ids = BTreeSet::new();
        for (moment, seq) in moments(&table.log) {
            let state = fold(&table.log[..usize::try_from(seq).unwrap()]).unwrap();
            let snapshot = Snapshot::of(&state, cut(moment.into())).unwrap();
            prop_assert_eq!(snapshot.snapshot_type.moment(), Some(moment));
            prop_assert!(ids.insert(snapshot.snapshot_id.clone()), "an id of its own");

            let json = serde_json::to_value(&snapshot).unwrap();
            prop_assert!(schema.is_valid(&json), "{}", json);
            let read: Snapshot = serde_json::from_value(json).unwrap();
            prop_assert_eq!(&read, &snapshot);
            let essence = read.essence().unwrap();
            prop_assert_eq!(&Snapshot::of_essence(essence).unwrap(), &snapshot);
            let whole = read.whole().unwrap();
            prop_assert_eq!(read.at_seq(), Some(seq));
            let told = read.told();
            prop_assert_eq!(whole.at_seq, seq);
            prop_assert_eq!(whole.state, state.clone());

            // The plain fields say what the state says.
            prop_assert_eq!(snapshot.game_state.current_round, state.quest);
            let resolved = state.quests.iter().filter_map(|quest| quest.result);
            prop_assert_eq!(snapshot.game_state.mission_results, resolved.collect::<Vec<_>>());
            let cast = state.quests.iter().flat_map(|quest| &quest.proposals).flat_map(|one| &one.votes);
            prop_assert_eq!(snapshot.votes.len(), cast.flatten().count());
            let cards: usize = state.quests.iter().map(|quest| quest.cards.len()).sum();
            prop_assert_eq!(snapshot.missions.iter().map(|one| one.results.len()).sum::<usize>(), cards);
            prop_assert_eq!(snapshot.players.len(), usize::from(state.players()));

            // Without the state, what the fields tell is what the state says, and shows no more.
            prop_assert_eq!(&told.seats, &state.seats);
            prop_assert_eq!(&told.roles, &state.roles);
            prop_assert_eq!((told.successes, told.failures), (state.successes, state.failures));
            let telling = |state: &GameState| -> Vec<_> {
                let quest = |quest: &Quest| {
                    let team: BTreeSet<_> = quest.team.iter().copied().collect();
                    (quest.team_size, team, quest.result)
                };
                state.quests.iter().map(quest).collect()
            };
            prop_assert_eq!(telling(&told), telling(&state));
            for viewer in [Viewer::Audience, Viewer::Seat(state.seats[0].clone())] {
                let (less, seen) = (view_state(&told, &viewer), view_state(&state, &viewer));
                for (told, seen) in less.players.iter().zip(&seen.players) {
                    prop_assert!(told.role.is_none() || told.role == seen.role);
                    prop_assert!(told.side.is_none() || told.side == seen.side);
                }
            }
        }
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-3_i64..4).prop_map(Value::from),
        "[=oaxt+]{0,2}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map("[=oaxt+]", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn a_delta_makes_the_second_of_the_first(before in any_json(), after in any_json()) {
        let mut value = before.clone();
        match delta(&before, &after) {
            Some(delta) => apply(&mut value, &delta).unwrap(),
            None => prop_assert_eq!(&before, &after),
        }
        prop_assert_eq!(value, after);
    }

    #[test]
    fn a_delta_of_something_else_never_panics(value in any_json(), delta in any_json()) {
        let _ = apply(&mut value.clone(), &delta);
    }
}

#[test]
fn a_delta_that_does_not_fit_says_where() {
    let change = delta(&json!({ "a": [{ "b": 1 }] }), &json!({ "a": [{ "b": 2 }] })).unwrap();
    let error = apply(&mut json!({ "a": [] }), &change).unwrap_err();
    assert_eq!(error.path, "a/0");
    let error = apply(&mut json!({ "a": 5 }), &change).unwrap_err();
    assert_eq!(error.path, "a");
}

#[test]
fn the_same_cut_has_the_same_id_and_no_other_has_it() {
    let id = id_of(&"G".into(), SnapshotType::Manual, 7);
    assert_eq!(id, id_of(&"G".into(), SnapshotType::Manual, 7));
    assert_ne!(id, id_of(&"G".into(), SnapshotType::Interval, 7));
    assert_ne!(id, id_of(&"G".into(), SnapshotType::Manual, 8));
    assert_ne!(id, id_of(&"H".into(), SnapshotType::Manual, 7));
    let form: Vec<usize> = id.split('-').map(str::len).collect();
    assert_eq!(form, [8, 4, 4, 4, 12]);
    assert_eq!((id.as_bytes()[14], b"89ab".contains(&id.as_bytes()[19])), (b'8', true));
    let names: BTreeSet<&str> = SnapshotType::ALL.iter().map(|kind| kind.as_str()).collect();
    assert_eq!(names.len(), 11);
    for kind in SnapshotType::ALL {
        assert_eq!(serde_json::to_value(kind).unwrap(), json!(kind.as_str()));
    }
}

/// A document as the specification shows it, with its own words as values.
fn external() -> Value {
    json!({
        "snapshot_id": "0b6f0d0e-5d1c-4c7e-8f57-0d7f7f4f9a11",
        "game_id": "game-17",
        "room_id": "room-3",
        "snapshot_type": "mission_executed",
        "timestamp": "2026-11-26T08:00:00.250+08:00",
        "game_state": {
            "current_round": 2,
            "mission_results": ["成功", "失败"],
            "leader_index": 4,
            "vote_track": 1,
            "quest_track": 2
        },
        "players": [{ "player_id": "p1", "role": "MERLIN", "is_on_mission": true }],
        "votes": [{ "round": 1, "player_id": "p1", "vote": "赞成" }],
        "missions": [
            { "mission_id": "m1", "round": 1, "players": ["p1"], "results": ["success", "失败"] }
        ],
        "metadata": { "version": "2.3.1", "snapshot_version": "1", "additional_info": "其他元数据" }
    })
}

#[test]
fn a_document_of_somebody_else_is_read_but_cannot_bring_the_game_back() {
    let read = Snapshot::of_document(external()).unwrap();
    assert_eq!(read.timestamp, 1_795_651_200_250);
    assert_eq!(read.game_state.mission_results, [QuestResult::Success, QuestResult::Fail]);
    assert_eq!(read.votes[0].vote, Vote::Approve);
    assert_eq!(read.missions[0].results, [Card::Success, Card::Fail]);
    assert!(matches!(read.whole(), Err(SnapshotError::NotWhole { .. })));
    assert_eq!(read.essence(), None);
    let again: Snapshot = serde_json::from_value(serde_json::to_value(&read).unwrap()).unwrap();
    assert_eq!(again, read);
}

#[test]
fn what_does_not_fit_is_refused_by_name() {
    let refused = |change: fn(&mut Value)| {
        let mut json = external();
        change(&mut json);
        Snapshot::of_document(json).unwrap_err().to_string()
    };
    assert!(refused(|json| json["timestamp"] = json!("yesterday")).contains("RFC 3339"));
    assert!(refused(|json| json["votes"][0]["vote"] = json!("maybe")).contains("maybe"));
    assert!(refused(|json| json["snapshot_type"] = json!("K9")).contains("K9"));
    assert!(
        refused(|json| {
            json.as_object_mut().unwrap().remove("game_id");
        })
        .contains("game_id")
    );
}

#[test]
fn a_changed_state_is_damage() {
    let profile = avalon::profile::RuleProfile::standard(5).unwrap();
    let table = game(&profile, 3);
    let mut snapshot = Snapshot::of(&table.state, cut(SnapshotType::GameOver)).unwrap();
    snapshot.metadata.additional_info["state"]["winner"] = json!("good");
    let other = snapshot.whole();
    snapshot.metadata.additional_info["state"]["winner"] = json!("evil");
    let another = snapshot.whole();
    assert_eq!(snapshot.essence().is_some(), another.is_ok());
    let damaged = [other, another];
    assert_eq!(
        damaged.iter().filter(|one| matches!(one, Err(SnapshotError::Damaged { .. }))).count(),
        1
    );
}
