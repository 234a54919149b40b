//! A backup against live data: what is missing, extra and different, in collections of every kind.

use std::collections::BTreeMap;

use engine::Engine;
use engine::backup::outcome::{BackupDetail, BackupRequest, Method};
use engine::compare::outcome::{CollectionDifference, DifferenceKind};
use futures::TryStreamExt;
use mongodb::bson::{Bson, Document, RawDocumentBuf, doc};
use mongodb::{Collection, Database};

use crate::support::{Stage, back_up, compare, outcome};

/// Enough for several segments, and for several replies of the server.
const PLAYERS: u32 = 16_000;
/// Ids shown of each kind.
const SHOWN: usize = 50;

type State = BTreeMap<String, RawDocumentBuf>;

fn id(number: u32) -> String {
    format!("Q{number:05}")
}

fn player(number: u32) -> Document {
    doc! { "_id": id(number), "rating": number, "text": format!("{number} ").repeat(100) }
}

/// Ids of players that leave this rest.
fn every(step: u32, rest: u32) -> Document {
    let ids: Vec<_> = (0..PLAYERS).filter(|number| number % step == rest).map(id).collect();
    doc! { "_id": { "$in": ids } }
}

async fn add(users: &Collection<Document>, numbers: impl Iterator<Item = u32>) {
    users.insert_many(numbers.map(player)).await.unwrap();
}

async fn increment(engine: &Engine) -> String {
    let request = BackupRequest { classes: vec![], method: Method::Incremental, impact: None };
    let job = engine::backup::start(engine, request).await.unwrap();
    outcome::<BackupDetail>(engine, &job).await.summary.id
}

async fn state(database: &Database, collection: &str) -> State {
    let collection = database.collection::<RawDocumentBuf>(collection);
    let found: Vec<_> = collection.find(doc! {}).await.unwrap().try_collect().await.unwrap();
    found.into_iter().map(|one| (one.get_str("_id").unwrap().to_owned(), one)).collect()
}

/// Holds what was found against the two states.
fn assert_tells(found: &CollectionDifference, then: &State, now: &State) {
    let of = |kind| -> Vec<&String> {
        match kind {
            DifferenceKind::Missing => then.keys().filter(|id| !now.contains_key(*id)).collect(),
            DifferenceKind::Extra => now.keys().filter(|id| !then.contains_key(*id)).collect(),
            DifferenceKind::Different => {
                let differs = |(id, one): &(&String, &RawDocumentBuf)| {
                    now.get(*id).is_some_and(|other| other != *one)
                };
                then.iter().filter(differs).map(|(id, _)| id).collect()
            }
        }
    };
    for (kind, count) in [
        (DifferenceKind::Missing, found.missing),
        (DifferenceKind::Extra, found.extra),
        (DifferenceKind::Different, found.different),
    ] {
        let expected = of(kind);
        assert_eq!(count, expected.len() as u64, "{kind:?}");
        let examples = found.examples.iter().filter(|one| one.kind == kind);
        let shown: Vec<_> = examples.map(|one| one.id.trim_matches('"')).collect();
        assert_eq!(shown, expected.into_iter().take(SHOWN).collect::<Vec<_>>(), "{kind:?}");
    }
    assert_eq!(found.equal + found.missing + found.different, then.len() as u64);
}

async fn difference(engine: &Engine, backup: &str, collection: &str) -> CollectionDifference {
    let found = compare(engine, backup).await;
    found.collections.into_iter().find(|one| one.collection == collection).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_of_several_layers_differs_as_the_two_states_do() {
    let stage = Stage::filled().await;
    let database = stage.database().open().await;
    let users = database.collection::<Document>("users");
    add(&users, (0..PLAYERS).filter(|number| number % 5 != 4)).await;
    let engine = stage.engine().await;
    let full = back_up(&engine, &[]).await.summary.id;
    let mut taken = vec![(full, state(&database, "users").await)];
    for round in 1..=3_u32 {
        let change = doc! { "$set": { "round": round } };
        users.update_many(every(7, round), change).await.unwrap();
        users.delete_many(every(11, round)).await.unwrap();
        // Between the others, and above them all.
        add(&users, (0..PLAYERS).filter(|number| number % 50 == 4 + 5 * round)).await;
        add(&users, PLAYERS + round * 100..PLAYERS + round * 100 + 50).await;
        taken.push((increment(&engine).await, state(&database, "users").await));
    }
    let (newest, then) = taken.last().unwrap();
    let found = compare(&engine, newest).await;
    assert!(found.equal, "{found:#?}");
    let manifest = engine.vault().unwrap().set(newest).await.unwrap();
    assert_eq!(manifest.stream("accounts", "users").unwrap().layers(), 3);

    users.delete_many(every(13, 2)).await.unwrap();
    users.update_many(every(17, 3), doc! { "$set": { "rating": -1 } }).await.unwrap();
    add(&users, (0..PLAYERS).filter(|number| number % 100 == 49)).await;
    let now = state(&database, "users").await;
    assert_tells(&difference(&engine, newest, "users").await, then, &now);
    for (backup, then) in &taken {
        assert_tells(&difference(&engine, backup, "users").await, then, &now);
    }

    users.drop().await.unwrap();
    let found = difference(&engine, newest, "users").await;
    assert_tells(&found, then, &State::new());
    assert_eq!(found.metadata, ["collection"]);
    engine.jobs().shut_down().await;
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_of_a_collated_collection_and_those_of_equal_value_are_told_apart() {
    let stage = Stage::filled().await;
    let database = stage.database().open().await;
    let stats = database.collection::<Document>("stats");
    stats.drop().await.unwrap();
    let collation = doc! { "locale": "de", "strength": 1, "numericOrdering": true };
    database.run_command(doc! { "create": "stats", "collation": collation }).await.unwrap();
    let strings = ["10", "9", "ä", "z", "B"].map(Bson::from);
    let others = [Bson::from(1), Bson::from(2.5), Bson::from(true), Bson::from(doc! { "a": "ö" })];
    let documents = strings.into_iter().chain(others).map(|id| doc! { "_id": id, "v": 1 });
    stats.insert_many(documents).await.unwrap();
    let engine = stage.engine().await;
    let backup = back_up(&engine, &[]).await.summary.id;
    assert!(compare(&engine, &backup).await.equal);

    stats.delete_one(doc! { "_id": "ä" }).await.unwrap();
    stats.delete_one(doc! { "_id": 1 }).await.unwrap();
    stats.insert_one(doc! { "_id": 1_i64, "v": 1 }).await.unwrap();
    stats.update_one(doc! { "_id": "10" }, doc! { "$set": { "v": 2 } }).await.unwrap();
    stats.insert_one(doc! { "_id": "c", "v": 1 }).await.unwrap();
    let found = difference(&engine, &backup, "stats").await;
    let counts = (found.equal, found.missing, found.extra, found.different);
    assert_eq!(counts, (6, 1, 1, 2), "{found:#?}");
    engine.jobs().shut_down().await;
    stage.stop().await;
}
