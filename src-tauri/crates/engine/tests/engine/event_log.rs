//! Games out of the event log: each event as it was when it was written.

use std::time::Duration;

use engine::games::outcome::{GamePlace, GameView, LogPlace};
use engine::{Connections, Engine, EngineError};
use futures::TryStreamExt;
use mongodb::bson::{Document, Timestamp, doc};
use serde_json::Value;

use crate::diff::{games, played};
use crate::support::{Stage, back_up, by_god, finished};

async fn seen(engine: &Engine, game: &str, event_log: bool) -> Result<GameView, EngineError> {
    let place = GamePlace { event_log, ..GamePlace::default() };
    engine::games::show(engine, &by_god(game, None, place)).await
}

/// What a view tells of the game, beside where it was read.
fn course(view: &GameView) -> Value {
    let mut value = serde_json::to_value(view).unwrap();
    let members = value.as_object_mut().unwrap();
    for name in ["row", "eventLog"] {
        assert!(members.remove(name).is_some(), "{name}");
    }
    value
}

/// Waits until the log in the store reaches what the servers have now.
async fn followed(stage: &Stage, engine: &Engine) {
    let admin = stage.database().named("admin").open().await;
    let hello: Document = admin.run_command(doc! { "hello": 1 }).await.unwrap();
    let last = hello.get_document("lastWrite").unwrap();
    let Timestamp { time, increment } =
        last.get_document("majorityOpTime").unwrap().get_timestamp("ts").unwrap();
    let until = (u64::from(time) << 32) | u64::from(increment);
    for _ in 0..240 {
        let logs = engine.vault().unwrap().logs().await.unwrap();
        if logs.iter().any(|log| log.to >= until) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the log does not reach {time},{increment}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_game_is_read_as_it_was_written_whatever_became_of_it() {
    let stage = Stage::empty().await;
    let engine = stage.engine().await;
    played(&stage, 3).await;
    let old = games(&engine).await;
    let events = stage.database().open().await.collection::<Document>("game_events");
    // A game that had begun before the log did.
    let spanning = old[0].clone();
    let whole = seen(&engine, &spanning, false).await.unwrap();
    let held_back = held_back(&events, &spanning, 10).await;
    back_up(&engine, &[]).await;

    let job = engine::follow::start(&engine).await.unwrap();
    let stopped = engine.clone();
    events.insert_many(&held_back).await.unwrap();
    let copies = copied(&events, &old[1]).await;
    followed(&stage, &engine).await;
    stopped.jobs().cancel(&job).await.unwrap();
    finished(&stopped, &job).await;

    let view = seen(&engine, &spanning, true).await.unwrap();
    assert_eq!(course(&view), course(&whole));
    let LogPlace { events: told, kept, until } = view.event_log.unwrap();
    assert_eq!((told as usize, kept), (held_back.len(), 10));
    assert!(until > 0);

    // What was done to the collection since is not in what was written.
    let live = seen(&engine, "copy", false).await.unwrap();
    let cast = doc! { "gameId": "copy", "type": "TeamVoteCast" };
    let set = doc! { "$set": { "payload.vote": "perhaps" } };
    assert!(events.update_many(cast, set).await.unwrap().modified_count > 0);
    events.delete_many(doc! { "gameId": "copy", "seq": { "$gt": copies / 2 } }).await.unwrap();
    assert_ne!(course(&seen(&engine, "copy", false).await.unwrap()), course(&live));
    let logged = seen(&engine, "copy", true).await.unwrap();
    assert_eq!(course(&logged), course(&live));

    assert!(
        matches!(seen(&engine, &old[2], true).await, Err(EngineError::NoSuchGame { .. })),
        "it was over before the log began: it is in the backup"
    );
    compacted(&engine).await;
    let anew = stage.engine().await;
    assert_eq!(course(&seen(&anew, "copy", true).await.unwrap()), course(&live), "out of packs");
    assert_eq!(course(&seen(&anew, &spanning, true).await.unwrap()), course(&whole));
    engine.connect(Connections { source: None, redis: None, ..engine.connections() });
    let alone = seen(&engine, "copy", true).await.unwrap();
    assert_eq!(course(&alone), course(&logged), "no database is needed");
    assert!(alone.seats.iter().all(|seat| seat.nick.is_some()), "the backup tells the names");
    stage.stop().await;
}

/// Has the chunks put into packs: a follower does so when it begins.
async fn compacted(engine: &Engine) {
    let job = engine::follow::start(engine).await.unwrap();
    let mut log = engine.vault().unwrap().logs().await.unwrap().remove(0);
    while log.packed_bytes == 0 {
        tokio::time::sleep(Duration::from_millis(50)).await;
        log = engine.vault().unwrap().logs().await.unwrap().remove(0);
    }
    engine.jobs().cancel(&job).await.unwrap();
    finished(engine, &job).await;
}

/// Takes the events after one away from a game, and returns them in order.
async fn held_back(
    events: &mongodb::Collection<Document>,
    game: &str,
    after: i64,
) -> Vec<Document> {
    let later = doc! { "gameId": game, "seq": { "$gt": after } };
    let held_back = in_order(events, later.clone()).await;
    events.delete_many(later).await.unwrap();
    held_back
}

async fn in_order(events: &mongodb::Collection<Document>, wanted: Document) -> Vec<Document> {
    events.find(wanted).sort(doc! { "seq": 1 }).await.unwrap().try_collect().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_game_that_was_read_before_gains_what_was_written_since() {
    let stage = Stage::empty().await;
    let engine = stage.engine().await;
    played(&stage, 1).await;
    let game = games(&engine).await[0].clone();
    let whole = seen(&engine, &game, false).await.unwrap();
    let events = stage.database().open().await.collection::<Document>("game_events");
    let later = held_back(&events, &game, 10).await;
    back_up(&engine, &[]).await;
    let first = kept(&engine, &game).await;
    assert_eq!(first.last_seq, 10);

    let job = engine::follow::start(&engine).await.unwrap();
    events.insert_many(&later[..10]).await.unwrap();
    followed(&stage, &engine).await;
    for _ in 0..2 {
        let view = seen(&engine, &game, true).await.unwrap();
        assert_eq!((view.last_seq, view.event_log.unwrap().events), (20, 10));
    }
    events.insert_many(&later[10..]).await.unwrap();
    followed(&stage, &engine).await;
    let view = seen(&engine, &game, true).await.unwrap();
    assert_eq!(course(&view), course(&whole));
    engine.jobs().cancel(&job).await.unwrap();
    finished(&engine, &job).await;

    back_up(&engine, &[]).await;
    assert_eq!(kept(&engine, &game).await.last_seq, whole.last_seq, "the newest is another one");
    stage.stop().await;
}

/// The game as the newest backup holds it.
async fn kept(engine: &Engine, game: &str) -> GameView {
    let place = GamePlace { backup: Some("latest".to_owned()), ..GamePlace::default() };
    engine::games::show(engine, &by_god(game, None, place)).await.unwrap()
}

/// Writes the log of a game again as one of its own, and tells how long it is.
async fn copied(events: &mongodb::Collection<Document>, game: &str) -> i64 {
    let mut copies = in_order(events, doc! { "gameId": game }).await;
    for (at, event) in copies.iter_mut().enumerate() {
        event.insert("_id", format!("copy-{at}"));
        event.insert("gameId", "copy");
    }
    events.insert_many(&copies).await.unwrap();
    i64::try_from(copies.len()).unwrap()
}
