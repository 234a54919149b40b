//! A backup taken while the game service writes is of one moment.

use mongodb::bson::{Document, doc};
use tokio_util::sync::CancellationToken;

use crate::support::{EVENTS, Stage, back_up, event, in_place, restore};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_restored_is_one_moment_of_a_running_game() {
    let stage = Stage::filled().await;
    let engine = stage.engine().await;
    let database = stage.database().open().await;
    let stop = CancellationToken::new();
    let writer = tokio::spawn(play(database.client().clone(), stop.clone()));
    let mut backups = Vec::new();
    for _ in 0..3 {
        backups.push(back_up(&engine, &[]).await.summary.id);
    }
    stop.cancel();
    let written = writer.await.unwrap();
    assert!(written > EVENTS);
    for backup in backups {
        let request = engine::restore::outcome::RestoreRequest {
            database: Some("moment".into()),
            ..in_place(&backup)
        };
        assert!(restore(&engine, request).await.1.verified);
        let copy = stage.database().named("moment").open().await;
        let games = copy.collection::<Document>("games");
        let game = games.find_one(doc! { "_id": "L1" }).await.unwrap().unwrap();
        let seq = game.get_i64("seq").unwrap();
        let events = copy.collection::<Document>("game_events");
        let of_game = events.count_documents(doc! { "gameId": "L1" }).await.unwrap();
        assert_eq!(i64::try_from(of_game).unwrap(), seq);
        let last = doc! { "gameId": "L1", "seq": seq };
        assert_eq!(events.count_documents(last).await.unwrap(), 1);
    }
    stage.stop().await;
}

/// Appends events to a game, each with its state in one transaction, until stopped.
async fn play(client: mongodb::Client, stop: CancellationToken) -> i64 {
    let database = client.database("avalon");
    let events = database.collection::<Document>("game_events");
    let games = database.collection::<Document>("games");
    let mut seq = EVENTS;
    while !stop.is_cancelled() {
        seq += 1;
        let mut session = client.start_session().await.unwrap();
        session.start_transaction().await.unwrap();
        events.insert_one(event("L1", seq)).session(&mut session).await.unwrap();
        let update = doc! { "$set": { "seq": seq } };
        games.update_one(doc! { "_id": "L1" }, update).session(&mut session).await.unwrap();
        session.commit_transaction().await.unwrap();
    }
    seq
}
