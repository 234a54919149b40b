use engine::EngineError;
use engine::backup::outcome::Level;
use engine::restore::outcome::RestoreRequest;
use mongodb::bson::{Document, doc};
use source::profile::DataClass;
use source::redis_source::RedisValue;

use crate::support::{
    EVENTS, Stage, back_up, compare, count, damage, event, in_place, own_games, restore, traces,
};

#[tokio::test(flavor = "multi_thread")]
async fn damage_is_found_restored_proven_and_the_restore_undone() {
    let stage = Stage::filled().await;
    let engine = stage.engine().await;
    let database = stage.database().open().await;
    let backup = back_up(&engine, &[]).await.summary.id;
    assert!(compare(&engine, &backup).await.equal);

    damage(&database).await;
    let found = compare(&engine, &backup).await;
    assert!(!found.equal);
    let users = found.collections.iter().find(|c| c.collection == "users").unwrap();
    assert_eq!((users.missing, users.extra, users.different), (50, 1, 10));
    assert!(users.examples.iter().any(|example| example.id == "\"P9999\""));
    let config = found.collections.iter().find(|c| c.collection == "config").unwrap();
    assert_eq!((config.missing, config.metadata.as_slice()), (1, &["collection".to_owned()][..]));

    let plan = engine::restore::plan(&engine, in_place("latest")).await.unwrap();
    assert!(plan.in_place);
    let users = plan.changes.iter().find(|c| c.collection == "users").unwrap();
    assert_eq!((users.added, users.removed, users.changed), (50, 1, 10));
    assert_eq!((users.live_documents, users.restored_documents), (251, 300));
    assert!(plan.warnings.iter().any(|warning| warning.code == "newer_documents_lost"));
    assert!(plan.warnings.iter().any(|warning| warning.code == "documents_expire"));
    let refused = engine::restore::start(&engine, &plan.id, "other").await;
    assert!(matches!(refused, Err(EngineError::NotConfirmed { .. })));

    let (job, outcome) = restore(&engine, in_place(&backup)).await;
    assert!(outcome.verified);
    assert!(outcome.collections.iter().all(|c| c.digest == c.expected_digest));
    let after = compare(&engine, &backup).await;
    assert!(after.equal, "{after:#?}");
    assert_eq!(traces(&database).await, [""; 0]);

    // Undo brings the damage back, byte for byte.
    let pre_image = outcome.pre_image.unwrap();
    let undo = engine::restore::undo(&engine, &job).await.unwrap();
    assert_eq!(undo.backup, pre_image);
    let job = engine::restore::start(&engine, &undo.id, "avalon").await.unwrap();
    crate::support::outcome::<serde_json::Value>(&engine, &job).await;
    assert!(compare(&engine, &pre_image).await.equal);
    let names = database.list_collection_names().await.unwrap();
    assert!(!names.contains(&"config".to_owned()));
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_database_gets_the_data_and_the_live_one_keeps_its_own() {
    let stage = Stage::filled().await;
    let engine = stage.engine().await;
    let backup = back_up(&engine, &[]).await.summary.id;
    let live = stage.database().open().await;
    damage(&live).await;
    let request = RestoreRequest { database: Some("avalon_copy".into()), ..in_place(&backup) };
    let (_, outcome) = restore(&engine, request).await;
    assert!(outcome.verified);
    assert_eq!(outcome.pre_image, None);
    assert_eq!(outcome.redis_keys, 0);
    let copy = stage.database().named("avalon_copy").open().await;
    assert_eq!(count(&copy, "users").await, 300);
    let shown = engine::backup::show(&engine, &backup).await.unwrap();
    assert_eq!(shown.summary.verification.unwrap().level, Some(Level::L4));
    assert_eq!(count(&live, "users").await, 251);
    assert_eq!(traces(&copy).await, [""; 0]);
    let expiring: Vec<_> = copy.collection::<Document>("rooms").list_index_names().await.unwrap();
    assert_eq!(expiring, ["_id_", "closedAt_1"]);

    // Into it once more: now something is replaced, so a pre-image is kept.
    let request = RestoreRequest { database: Some("avalon_copy".into()), ..in_place(&backup) };
    let (_, outcome) = restore(&engine, request).await;
    assert!(outcome.pre_image.is_some());
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn restored_games_get_their_redis_keys_and_a_higher_epoch() {
    let stage = Stage::filled().await;
    let engine = stage.engine().await;
    let redis = stage.redis().await;
    let database = stage.database().open().await;
    own_games(&redis).await;
    let backup = back_up(&engine, &[]).await.summary.id;
    damage(&database).await;
    let (_, outcome) = restore(&engine, in_place(&backup)).await;
    assert!(outcome.verified);
    assert_eq!(outcome.redis_keys, 6);
    let games = database.collection::<Document>("games");
    assert_eq!(games.count_documents(doc! { "epoch": 5_i64 }).await.unwrap(), 2);
    assert_eq!(redis.read_key(b"game:{GONE}:owner").await.unwrap(), None);
    let owner = redis.read_key(b"game:{L1}:owner").await.unwrap().unwrap().value;
    let field = |name: &str, value: &str| (name.as_bytes().to_vec(), value.as_bytes().to_vec());
    assert_eq!(owner, RedisValue::Hash(vec![field("epoch", "5"), field("instance", "")]));
    let events = redis.read_key(b"game:{L1}:events").await.unwrap().unwrap().value;
    let RedisValue::Stream(events) = events else { panic!("no stream: {events:?}") };
    assert_eq!(events.entries.len() as i64, EVENTS);
    assert_eq!(events.last_id, format!("{EVENTS}-0"));
    let text = String::from_utf8(events.entries[0].1[0].1.clone()).unwrap();
    let event: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!((event["eventId"].as_str(), event["ts"].as_i64()), (Some("L1-1"), Some(1_001)));
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_class_is_restored_and_the_live_games_events_stay() {
    let stage = Stage::filled().await;
    let engine = stage.engine().await;
    let database = stage.database().open().await;
    let whole = back_up(&engine, &[]).await.summary.id;
    let history = back_up(&engine, &[DataClass::History]).await.summary.id;
    for backup in [whole, history] {
        let events = database.collection::<Document>("game_events");
        // A live game went on; a finished one was damaged.
        let next = event("L1", EVENTS + 1);
        events.replace_one(doc! { "_id": "L1-9" }, next).upsert(true).await.unwrap();
        events.delete_many(doc! { "gameId": "F2" }).await.unwrap();
        database.collection::<Document>("game_history").delete_many(doc! {}).await.unwrap();
        let request = RestoreRequest { classes: vec![DataClass::History], ..in_place(&backup) };
        let (_, outcome) = restore(&engine, request).await;
        assert!(outcome.verified);
        assert_eq!(count(&database, "game_history").await, 3);
        let of = |game: &str| events.count_documents(doc! { "gameId": game });
        assert_eq!(of("F2").await.unwrap() as i64, EVENTS);
        assert_eq!(of("L1").await.unwrap() as i64, EVENTS + 1);
        assert_eq!(count(&database, "game_events").await as i64, 5 * EVENTS + 1);
    }
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_refused_when_data_moved_or_it_was_used() {
    let stage = Stage::filled().await;
    let engine = stage.engine().await;
    let database = stage.database().open().await;
    let backup = back_up(&engine, &[]).await.summary.id;
    let plan = engine::restore::plan(&engine, in_place(&backup)).await.unwrap();
    database.collection::<Document>("users").delete_one(doc! {}).await.unwrap();
    let refused = engine::restore::start(&engine, &plan.id, "avalon").await;
    assert!(matches!(refused, Err(EngineError::StalePlan { .. })), "{refused:?}");

    let plan = engine::restore::plan(&engine, in_place(&backup)).await.unwrap();
    let job = engine::restore::start(&engine, &plan.id, "avalon").await.unwrap();
    crate::support::outcome::<serde_json::Value>(&engine, &job).await;
    let refused = engine::restore::start(&engine, &plan.id, "avalon").await;
    assert!(matches!(refused, Err(EngineError::PlanUsed { .. })), "{refused:?}");
    assert!(matches!(
        engine::restore::start(&engine, "none", "avalon").await,
        Err(EngineError::NoSuchPlan { .. })
    ));
    stage.stop().await;
}
