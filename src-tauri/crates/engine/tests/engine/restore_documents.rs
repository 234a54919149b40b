//! A restore that writes only the documents that differ: what the oplog names, or else what a
//! comparison finds. The live collections stay the ones they are.

use engine::Engine;
use engine::job::JobState;
use engine::restore::outcome::{RestoreMethod, RestoreOutcome, RestorePlan, RestoreRequest};
use mongodb::bson::{Document, doc};
use mongodb::options::IndexOptions;
use mongodb::{Database, IndexModel};

use crate::support::{Stage, back_up, compare, finished, in_place, restore, traces};
use crate::switch_crash::crash_at;

/// Documents of the collection, of which few are damaged.
const GAMES: i32 = 600;

fn history(at: i32) -> Document {
    doc! { "_id": at, "roomId": format!("R{at:04}"), "winner": "good", "text": "x".repeat(100) }
}

/// A stage with a history in which no two games have the same room.
async fn stage() -> (Stage, Database) {
    let stage = Stage::filled().await;
    let database = stage.database().open().await;
    let games = database.collection::<Document>("game_history");
    games.delete_many(doc! {}).await.unwrap();
    games.insert_many((0..GAMES).map(history)).await.unwrap();
    let options = IndexOptions::builder().unique(true).build();
    let unique = IndexModel::builder().keys(doc! { "roomId": 1 }).options(options).build();
    games.create_index(unique).await.unwrap();
    (stage, database)
}

/// Removes, changes, adds; gives one document's unique value to another, and puts one under an id
/// that is equal but of another type.
async fn harm(database: &Database) {
    let games = database.collection::<Document>("game_history");
    games.delete_many(doc! { "_id": { "$in": [3, 4, 599] } }).await.unwrap();
    let evil = doc! { "$set": { "winner": "evil" } };
    games.update_many(doc! { "_id": { "$in": [10, 11] } }, evil).await.unwrap();
    games.insert_one(doc! { "_id": 7_000, "roomId": "new" }).await.unwrap();
    for (id, room) in [(20, "swap"), (21, "R0020"), (20, "R0021")] {
        let set = doc! { "$set": { "roomId": room } };
        games.update_one(doc! { "_id": id }, set).await.unwrap();
    }
    games.delete_one(doc! { "_id": 30 }).await.unwrap();
    games.insert_one(doc! { "_id": 30.0, "roomId": "R0030" }).await.unwrap();
    // Changed and changed back: touched, and yet equal.
    for winner in ["evil", "good"] {
        let set = doc! { "$set": { "winner": winner } };
        games.update_one(doc! { "_id": 40 }, set).await.unwrap();
    }
}

async fn uuid(database: &Database, collection: &str) -> String {
    let found =
        database.run_command(doc! { "listCollections": 1, "filter": { "name": collection } });
    let found = found.await.unwrap();
    let first = found.get_document("cursor").unwrap().get_array("firstBatch").unwrap()[0].clone();
    first.as_document().unwrap().get_document("info").unwrap().get("uuid").unwrap().to_string()
}

fn change<'p>(
    plan: &'p RestorePlan,
    collection: &str,
) -> &'p engine::restore::outcome::CollectionChange {
    plan.changes.iter().find(|change| change.collection == collection).unwrap()
}

async fn assert_restored(engine: &Engine, database: &Database, backup: &str) {
    let compared = compare(engine, backup).await;
    assert!(compared.equal, "{compared:#?}");
    assert_eq!(traces(database).await, [""; 0]);
}

fn of<'o>(
    outcome: &'o RestoreOutcome,
    collection: &str,
) -> &'o engine::restore::outcome::RestoredCollection {
    outcome.collections.iter().find(|one| one.collection == collection).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_oplog_names_comes_back_and_the_collection_stays() {
    let (stage, database) = stage().await;
    let engine = stage.engine().await;
    let backup = back_up(&engine, &[]).await.summary.id;
    let before = uuid(&database, "game_history").await;
    harm(&database).await;

    let plan = engine::restore::plan(&engine, in_place(&backup)).await.unwrap();
    let planned = change(&plan, "game_history");
    assert_eq!(planned.method, RestoreMethod::Documents);
    assert_eq!((planned.added, planned.removed, planned.changed), (3, 1, 5), "{planned:?}");
    assert_eq!((planned.live_documents, planned.restored_documents), (598, 600));
    // Of each game that is being played the epoch is raised.
    assert_eq!(change(&plan, "games").method, RestoreMethod::Whole);
    // Documents that the server deletes by age are not held against others.
    assert_eq!(change(&plan, "rooms").method, RestoreMethod::Whole);

    let (job, outcome) = restore(&engine, in_place(&backup)).await;
    assert!(outcome.verified);
    let restored = of(&outcome, "game_history");
    assert_eq!(restored.method, RestoreMethod::Documents);
    assert_eq!((restored.expected_documents, restored.documents, restored.removed), (8, 8, 1));
    assert_eq!(restored.digest, restored.expected_digest);
    let untouched = of(&outcome, "stats");
    assert_eq!((untouched.documents, untouched.removed), (0, 0));
    assert_restored(&engine, &database, &backup).await;
    assert_eq!(uuid(&database, "game_history").await, before);
    // Not every document was written and read back: that proves no whole set.
    let shown = engine::backup::show(&engine, &backup).await.unwrap();
    assert_ne!(shown.summary.verification.unwrap().level, Some(engine::backup::outcome::Level::L4));

    let undo = engine::restore::undo(&engine, &job).await.unwrap();
    assert_eq!(change(&undo, "game_history").method, RestoreMethod::Documents);
    let job = engine::restore::start(&engine, &undo.id, "avalon").await.unwrap();
    crate::support::outcome::<RestoreOutcome>(&engine, &job).await;
    assert_restored(&engine, &database, &outcome.pre_image.unwrap()).await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_oplog_to_go_by_both_sides_are_compared() {
    let (stage, database) = stage().await;
    let engine = stage.engine().await;
    let backup = back_up(&engine, &[]).await.summary.id;
    // The same documents in another collection of the same name.
    let whole = RestoreRequest { whole: true, ..in_place(&backup) };
    let before = uuid(&database, "game_history").await;
    let plan = engine::restore::plan(&engine, whole.clone()).await.unwrap();
    assert!(plan.changes.iter().all(|change| change.method == RestoreMethod::Whole));
    let (_, outcome) = restore(&engine, whole).await;
    assert_eq!(of(&outcome, "game_history").documents, 600);
    let replaced = uuid(&database, "game_history").await;
    assert_ne!(replaced, before);

    harm(&database).await;
    let (_, outcome) = restore(&engine, in_place(&backup)).await;
    assert!(outcome.verified);
    let restored = of(&outcome, "game_history");
    assert_eq!(restored.method, RestoreMethod::Documents);
    assert_eq!((restored.documents, restored.removed), (8, 1));
    assert_eq!(uuid(&database, "game_history").await, replaced);
    assert_restored(&engine, &database, &backup).await;
    stage.stop().await;
}

/// Where no two documents can collide they are written over as they are.
#[tokio::test(flavor = "multi_thread")]
async fn without_unique_values_documents_are_replaced_in_place() {
    let (stage, database) = stage().await;
    let games = database.collection::<Document>("game_history");
    games.drop_index("roomId_1").await.unwrap();
    let engine = stage.engine().await;
    let backup = back_up(&engine, &[]).await.summary.id;
    harm(&database).await;
    let (_, outcome) = restore(&engine, in_place(&backup)).await;
    let restored = of(&outcome, "game_history");
    assert_eq!(restored.method, RestoreMethod::Documents);
    assert_eq!((restored.documents, restored.removed), (8, 1));
    assert_restored(&engine, &database, &backup).await;
    stage.stop().await;
}

/// A plan remembers what it found; what happened since is told by the oplog, also in another process
/// that does not know what was found.
#[tokio::test(flavor = "multi_thread")]
async fn what_changed_since_the_plan_comes_back_too() {
    let (stage, database) = stage().await;
    let mut engine = stage.engine().await;
    let backup = back_up(&engine, &[]).await.summary.id;
    for (compared, another_process) in [(false, false), (false, true), (true, false), (true, true)]
    {
        if compared {
            restore(&engine, RestoreRequest { whole: true, ..in_place(&backup) }).await;
        }
        harm(&database).await;
        let plan = engine::restore::plan(&engine, in_place(&backup)).await.unwrap();
        assert_eq!(change(&plan, "game_history").method, RestoreMethod::Documents);

        let games = database.collection::<Document>("game_history");
        games.delete_one(doc! { "_id": 51 }).await.unwrap();
        games.insert_one(doc! { "_id": 8_000, "roomId": "newer" }).await.unwrap();
        for (id, winner) in [(50, "evil"), (10, "good")] {
            let set = doc! { "$set": { "winner": winner } };
            games.update_one(doc! { "_id": id }, set).await.unwrap();
        }
        if another_process {
            engine.jobs().shut_down().await;
            engine = stage.engine().await;
        }
        let job = engine::restore::start(&engine, &plan.id, "avalon").await.unwrap();
        let outcome = crate::support::outcome::<RestoreOutcome>(&engine, &job).await;
        let restored = of(&outcome, "game_history");
        assert_eq!((restored.documents, restored.removed), (9, 2), "{compared} {another_process}");
        assert_restored(&engine, &database, &backup).await;
    }
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn much_that_differs_or_another_definition_is_replaced_whole() {
    let (stage, database) = stage().await;
    let engine = stage.engine().await;
    let backup = back_up(&engine, &[]).await.summary.id;
    let games = database.collection::<Document>("game_history");
    games.delete_many(doc! { "_id": { "$lt": 61 } }).await.unwrap();
    let plan = engine::restore::plan(&engine, in_place(&backup)).await.unwrap();
    assert_eq!(change(&plan, "game_history").method, RestoreMethod::Whole);
    restore(&engine, in_place(&backup)).await;
    assert_restored(&engine, &database, &backup).await;

    games.delete_one(doc! { "_id": 1 }).await.unwrap();
    games.drop_index("roomId_1").await.unwrap();
    let plan = engine::restore::plan(&engine, in_place(&backup)).await.unwrap();
    assert_eq!(change(&plan, "game_history").method, RestoreMethod::Whole);
    restore(&engine, in_place(&backup)).await;
    assert_restored(&engine, &database, &backup).await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_between_any_two_steps_it_is_carried_wholly_forward_or_back() {
    let (stage, database) = stage().await;
    let engine = stage.engine().await;
    let backup = back_up(&engine, &[]).await.summary.id;
    engine.jobs().shut_down().await;
    drop(engine);
    for (point, forward) in [
        ("found", false),
        ("paused", false),
        ("differing", false),
        ("fenced", false),
        ("documents removed", true),
        ("documents written", true),
        ("documents dropping", true),
        ("stepped", true),
    ] {
        harm(&database).await;
        let job = crash_at(&stage, point, &backup).await;
        let engine = stage.engine().await;
        assert_eq!(finished(&engine, &job).await.state, JobState::Interrupted, "{point}");
        let recovered = engine::restore::recover(&engine).await.unwrap();
        assert_eq!((recovered.len(), recovered[0].completed), (1, forward), "{point}");
        assert_eq!(traces(&database).await, [""; 0], "{point}");
        let games = database.collection::<Document>("game_history");
        let evil = games.count_documents(doc! { "winner": "evil" }).await.unwrap();
        assert_eq!(evil, if forward { 0 } else { 2 }, "{point}");
        restore(&engine, in_place(&backup)).await;
        assert_restored(&engine, &database, &backup).await;
        engine.jobs().shut_down().await;
    }
    stage.stop().await;
}
