//! Games out of snapshots: what a lens sees there is what it saw of the game itself, also when that is
//! gone.

use avalon::snapshot::{Snapshot, SnapshotType};
use engine::Engine;
use engine::diff::outcome::{DiffRequest, DiffView, GameAt};
use engine::games::outcome::{GamePlace, GameShowRequest, GameView};
use engine::snapshot::outcome::SnapshotShowRequest;
use mongodb::bson::spec::BinarySubtype;
use mongodb::bson::{Binary, Document, doc};
use serde_json::Value;

use crate::snapshot::{played, played_games, take};
use crate::support::{Stage, back_up, by_god};

async fn seen(
    engine: &Engine,
    game: &str,
    seq: Option<u64>,
    viewer: &str,
    snapshot: Option<&str>,
) -> GameView {
    let place = snapshot.map(GamePlace::of_snapshot).unwrap_or_default();
    let request = GameShowRequest { viewer: viewer.to_owned(), ..by_god(game, seq, place) };
    engine::games::show(engine, &request).await.unwrap()
}

async fn refused(engine: &Engine, request: GameShowRequest) -> engine::EngineError {
    engine::games::show(engine, &request).await.unwrap_err()
}

fn out_of(game: &str, snapshot: &str) -> GameShowRequest {
    by_god(game, None, GamePlace::of_snapshot(snapshot))
}

fn live(game: &str, seq: Option<u64>) -> GameAt {
    GameAt { game: game.to_owned(), seq, place: GamePlace::default() }
}

fn kept(game: &str, snapshot: &str) -> GameAt {
    GameAt { place: GamePlace::of_snapshot(snapshot), ..live(game, None) }
}

async fn compared(engine: &Engine, before: GameAt, after: GameAt, viewer: &str) -> DiffView {
    let request = DiffRequest { before, after, viewer: viewer.to_owned() };
    engine::diff::diff(engine, &request).await.unwrap()
}

/// What a view tells of the moment, beside where it was read and the course that leads there.
fn moment(view: &GameView) -> Value {
    let mut value = serde_json::to_value(view).unwrap();
    let members = value.as_object_mut().unwrap();
    for name in ["row", "backup", "snapshot", "lastSeq", "events", "findings", "changes"] {
        assert!(members.remove(name).is_some(), "{name}");
    }
    value
}

#[tokio::test(flavor = "multi_thread")]
async fn each_lens_sees_in_a_snapshot_what_it_saw_of_the_game() {
    let stage = Stage::empty().await;
    let engine = stage.engine().await;
    let games = played_games(&stage, &engine).await;
    let database = stage.database().open().await;
    let mut cuts = Vec::new();
    for game in &games[..3] {
        let moments = game.events.iter().filter(|event| event.moment.is_some());
        let seats = game.seats.iter().map(|seat| seat.player_id.clone());
        let viewers: Vec<String> =
            ["god".to_owned(), "audience".to_owned()].into_iter().chain(seats).collect();
        for seq in moments.map(|event| event.seq).collect::<Vec<_>>() {
            let id = take(&engine, &game.row.id, seq).await.row.id;
            for viewer in &viewers {
                let view = seen(&engine, &game.row.id, Some(seq), viewer, None).await;
                cuts.push((game.row.id.clone(), id.clone(), viewer.clone(), view));
            }
        }
    }
    // Neither the logs nor the games are needed; the players' names are there still.
    database.collection::<Document>("game_events").delete_many(doc! {}).await.unwrap();
    database.collection::<Document>("game_history").delete_many(doc! {}).await.unwrap();
    assert!(cuts.len() > 200, "{} views", cuts.len());
    for (game, id, viewer, view) in &cuts {
        // A snapshot has one moment, whatever is asked for.
        let kept = seen(&engine, game, Some(1), viewer, Some(id)).await;
        assert_eq!(moment(&kept), moment(view), "{id} seen by {viewer}");
        assert_eq!(kept.row.winner, view.winner);
        assert!(kept.events.is_empty() && kept.findings.is_empty());
        let place = kept.snapshot.unwrap();
        assert!(place.whole && place.unreadable == 0);
        assert_eq!((place.id.as_str(), place.kind), (id.as_str(), SnapshotType::Manual));
        assert!(place.moments.is_sorted_by_key(|moment| moment.seq));
        let own = place.moments.iter().find(|moment| moment.id == *id).unwrap();
        assert_eq!((own.seq, kept.last_seq), (view.seq, view.seq));
    }
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn snapshots_are_compared_with_each_other_the_game_and_a_backup() {
    let stage = Stage::empty().await;
    let (engine, game) = played(&stage).await;
    let (id, last) = (game.row.id.as_str(), game.last_seq);
    let first = take(&engine, id, 9).await.row.id;
    let second = take(&engine, id, last).await.row.id;
    let backup = back_up(&engine, &[]).await.summary.id;

    for viewer in ["god", "audience", game.seats[2].player_id.as_str()] {
        let expected = compared(&engine, live(id, Some(9)), live(id, None), viewer).await;
        assert!(!expected.facts.is_empty());
        let of_game = [kept(id, &first), live(id, Some(9))];
        for before in of_game {
            for after in [kept(id, &second), live(id, Some(last))] {
                let told = compared(&engine, before.clone(), after, viewer).await;
                assert_eq!(told.facts, expected.facts, "{viewer}");
                assert_eq!(told.outcome, expected.outcome);
                assert_eq!(told.structure, expected.structure);
                assert_eq!(told.before.seats, expected.before.seats);
            }
        }
        let of_backup = GameAt { place: GamePlace::of_backup(&backup), ..live(id, None) };
        let same = compared(&engine, of_backup, kept(id, &second), viewer).await;
        assert!(same.same_game && same.facts.is_empty() && !same.outcome.any());
        // What changed since the snapshot before is what differs between the two.
        let shown = seen(&engine, id, None, viewer, Some(&second)).await;
        assert_eq!(shown.changes, expected.facts);
        assert!(seen(&engine, id, None, viewer, Some(&first)).await.changes.is_empty());
    }

    let events = stage.database().open().await.collection::<Document>("game_events");
    events.delete_many(doc! { "gameId": id, "seq": { "$gt": 12_i64 } }).await.unwrap();
    let lost = compared(&engine, live(id, None), kept(id, &second), "god").await;
    assert_eq!((lost.before.seq, lost.after.seq), (12, last));
    assert!(lost.outcome.winner || game.winner.is_none());
    let place = lost.after.snapshot.unwrap();
    let seqs: Vec<u64> = place.moments.iter().map(|moment| moment.seq).collect();
    assert_eq!(seqs, [9, last]);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_that_cannot_be_shown_says_why() {
    let stage = Stage::empty().await;
    let (engine, game) = played(&stage).await;
    let id = game.row.id.as_str();
    let first = take(&engine, id, 2).await.row.id;
    let second = take(&engine, id, 3).await.row.id;

    let two = GamePlace { snapshot: Some(first.clone()), ..GamePlace::of_backup("latest") };
    let both = GameShowRequest { place: two.clone(), ..out_of(id, &first) };
    assert_eq!(refused(&engine, both).await.code(), "invalid_request");
    let pair = DiffRequest {
        before: GameAt { place: two, ..kept(id, &first) },
        after: live(id, None),
        viewer: "god".into(),
    };
    assert_eq!(engine::diff::diff(&engine, &pair).await.unwrap_err().code(), "invalid_request");
    assert_eq!(refused(&engine, out_of("another", &first)).await.code(), "invalid_request");
    assert_eq!(refused(&engine, out_of(id, "none")).await.code(), "no_such_snapshot");

    let collection = stage.database().open().await.collection::<Document>("snapshots");
    let broken = Binary { subtype: BinarySubtype::Generic, bytes: vec![1; 64] };
    let set = doc! { "$set": { "body": broken } };
    collection.update_one(doc! { "_id": &second }, set).await.unwrap();
    assert!(engine::games::show(&engine, &out_of(id, &second)).await.is_err());
    let other = seen(&engine, id, None, "god", Some(&first)).await.snapshot.unwrap();
    assert_eq!((other.moments.len(), other.unreadable), (1, 1), "the other is shown all the same");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_document_of_somebody_elses_is_shown_as_far_as_it_goes() {
    let stage = Stage::empty().await;
    let (engine, game) = played(&stage).await;
    let id = game.row.id.as_str();
    let seq = game.events.iter().rfind(|event| event.moment.as_deref() == Some("K3")).unwrap().seq;
    let row = take(&engine, id, seq).await.row;
    let request = SnapshotShowRequest { id: row.id.clone() };
    let own = engine::snapshot::show(&engine, &request).await.unwrap();
    assert!(own.whole);

    // The same document without what only this product writes.
    let mut document: Snapshot = serde_json::from_value(own.document).unwrap();
    document.metadata.additional_info = Value::Null;
    let body = foreign(seq, &serde_json::to_vec(&document).unwrap());
    let sealed = engine.vault().unwrap().seal_detached(&format!("snapshot/{}", row.id), &body);
    let body = Binary { subtype: BinarySubtype::Generic, bytes: sealed.unwrap().to_vec() };
    let collection = stage.database().open().await.collection::<Document>("snapshots");
    let set = doc! { "$set": { "body": body } };
    collection.update_one(doc! { "_id": &row.id }, set).await.unwrap();

    assert!(!engine::snapshot::show(&engine, &request).await.unwrap().whole);
    let told = seen(&engine, id, None, "god", Some(&row.id)).await;
    assert!(!told.snapshot.as_ref().unwrap().whole);
    let then = seen(&engine, id, Some(seq), "god", None).await;
    assert_eq!((told.seq, told.quest, told.vote_track), (seq, then.quest, then.vote_track));
    let roles = |view: &GameView| -> Vec<_> {
        view.seats.iter().map(|seat| (seat.nick.clone(), seat.role.clone(), seat.leader)).collect()
    };
    assert_eq!(roles(&told), roles(&then));
    let results = |view: &GameView| -> Vec<_> {
        view.quests.iter().map(|quest| (quest.team_size, quest.result, quest.fails)).collect()
    };
    assert_eq!(results(&told), results(&then));
    // A lens that may not know the roles does not learn them there either.
    let audience = seen(&engine, id, None, "audience", Some(&row.id)).await;
    assert!(audience.seats.iter().all(|seat| seat.role.is_none() && seat.side.is_none()));
    let state = audience.state.to_string();
    assert!(!state.contains("MERLIN") && !state.contains("ASSASSIN\""), "{state}");
    stage.stop().await;
}

/// A body as the format document describes it: fields 1 (form), 4 (event) and 5 (content) of the
/// message, compressed.
fn foreign(seq: u64, content: &[u8]) -> Vec<u8> {
    let mut message = vec![1 << 3, 1, 4 << 3];
    varint(&mut message, seq);
    message.push(5 << 3 | 2);
    varint(&mut message, content.len() as u64);
    message.extend_from_slice(content);
    snap::raw::Encoder::new().compress_vec(&message).unwrap()
}

fn varint(message: &mut Vec<u8>, mut number: u64) {
    while number > 127 {
        message.push(u8::try_from(number & 127).unwrap() | 128);
        number >>= 7;
    }
    message.push(u8::try_from(number).unwrap());
}
