//! The feed: operations that, applied in order, make of an earlier state the later one, byte for
//! byte.

use std::collections::BTreeMap;

use bytes::Bytes;
use mongodb::bson::{Bson, Document, doc};
use source::change::Operation;
use source::mongo::{ClusterTime, DdlChange, FeedReader, MongoSource};

use crate::capture::snapshot;
use crate::servers::Servers;

type Collection = BTreeMap<Vec<u8>, Bytes>;

/// All collections as the feed tells of them, by UUID.
#[derive(Default)]
struct Followed {
    collections: BTreeMap<[u8; 16], Collection>,
    log: Vec<(ClusterTime, Bytes)>,
    applied: usize,
    definitions: Vec<DdlChange>,
    created: Vec<[u8; 16]>,
}

impl Followed {
    async fn catch_up(&mut self, feed: &mut FeedReader, source: &MongoSource, most: usize) {
        let to = source.cluster_time().await.unwrap();
        while feed.at() < to {
            let moment = feed.next(most).await.unwrap();
            assert!(moment.changes.iter().all(|(at, _)| *at <= moment.to));
            assert!(moment.changes.is_sorted_by_key(|(at, _)| *at));
            self.log.extend(moment.changes);
            self.definitions.extend(moment.definitions.into_iter().map(|event| event.change));
            self.created.extend(moment.created);
        }
    }

    fn apply_to(&mut self, to: ClusterTime) {
        while let Some((_, bytes)) = self.log.get(self.applied).filter(|(at, _)| *at <= to) {
            let operation = Operation::parse(bytes).unwrap();
            let documents = self.collections.entry(operation.uuid.unwrap()).or_default();
            let key = operation.key().unwrap();
            match operation.apply(documents.get(&key).map(AsRef::as_ref)).unwrap() {
                Some(document) => documents.insert(key, document),
                None => documents.remove(&key),
            };
            self.applied += 1;
        }
    }

    async fn assert_equals(&self, source: &MongoSource, at: ClusterTime) {
        for info in source.inspect().await.unwrap() {
            let truth = snapshot(source, &info, at).await;
            let found = self.collections.get(&info.uuid.unwrap()).cloned().unwrap_or_default();
            assert_eq!(found.len(), truth.len(), "{}", info.name);
            assert!(found == truth, "{} differs", info.name);
        }
    }
}

/// Changes of every form that an update can take, chosen by a small generator.
async fn play(source: &MongoSource, round: u64) {
    let games = source.database().collection::<Document>("games");
    let mut state = round.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
    let mut next = |below: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for step in 0..40_i64 {
        let id = doc! { "_id": i64::try_from(next(12)).unwrap() };
        let field = format!("f{}", next(5));
        let nested = format!("n.a{}.b{}", next(3), next(3));
        let item = format!("votes.{}", next(9));
        let update = match next(14) {
            0 => doc! { "$set": { &field: step } },
            1 => doc! { "$unset": { &field: "" } },
            2 => doc! { "$set": { &nested: "x".repeat(usize::try_from(step).unwrap()) } },
            3 => doc! { "$unset": { &nested: "" } },
            4 => doc! { "$push": { "votes": { "seat": step, "yes": step % 2 == 0 } } },
            5 => doc! { "$push": { "votes": { "$each": [step, step], "$slice": -4 } } },
            6 => doc! { "$pull": { "votes": { "seat": { "$lt": step } } } },
            7 => doc! { "$set": { format!("{item}.seat"): step } },
            8 => doc! { "$set": { &item: Bson::Null, "seq": step } },
            9 => doc! { "$rename": { &field: "renamed" } },
            10 => doc! { "$inc": { "seq": 1_i64 }, "$mul": { "rating": 1.5 } },
            11 => {
                doc! { "$set": { "n": { "a1": [1, [2, { "k": step }]] }, "votes": [[1, 2], [3]] } }
            }
            12 => doc! { "$set": { "votes.1.0": step, "n.a1.0": "first" } },
            _ => doc! { "$currentDate": { "at": true }, "$set": { "n.a1.1.1.k": step } },
        };
        // Some updates do not fit a document as it happens to be; the server refuses those.
        let _ = games.update_one(id.clone(), update).upsert(true).await;
        match next(12) {
            0 => drop(games.delete_one(id).await.unwrap()),
            1 => drop(games.replace_one(id, doc! { "all": "new", "step": step }).await.unwrap()),
            2 => {
                let pipeline = vec![
                    doc! { "$set": { "sum": { "$add": [step, 1] }, "n": "$$ROOT" } },
                    doc! { "$unset": ["n.n"] },
                ];
                games.update_one(id, pipeline).await.unwrap();
            }
            3 => {
                drop(games.update_many(doc! {}, doc! { "$set": { "round": step } }).await.unwrap())
            }
            _ => {}
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn operations_applied_in_order_give_the_state_of_any_moment() {
    let servers = Servers::mongo().await;
    let source = servers.source().await;
    source.database().create_collection("games").await.unwrap();
    source.database().create_collection("users").await.unwrap();
    let from = source.cluster_time().await.unwrap();
    let mut feed = FeedReader::open(&source, from).await.unwrap();
    let mut followed = Followed::default();
    for round in 0..6 {
        play(&source, round).await;
        // A marker that a majority holds: the moment to compare.
        source
            .database()
            .collection("users")
            .insert_one(doc! { "_id": round as i64 })
            .await
            .unwrap();
        let at = source.cluster_time().await.unwrap();
        play(&source, 100 + round).await;
        followed.catch_up(&mut feed, &source, 2_000).await;
        followed.apply_to(at);
        followed.assert_equals(&source, at).await;
    }
    assert!(followed.log.len() > 400, "{}", followed.log.len());
    servers.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_takes_effect_at_its_commit_however_large() {
    let servers = Servers::mongo().await;
    let source = servers.source().await;
    let games = source.database().collection::<Document>("games");
    games.insert_one(doc! { "_id": "outside", "n": 0 }).await.unwrap();
    let from = source.cluster_time().await.unwrap();
    let mut feed = FeedReader::open(&source, from).await.unwrap();
    let mut followed = Followed::default();
    let info = source.inspect_collection("games").await.unwrap().unwrap();
    followed.collections.insert(info.uuid.unwrap(), snapshot(&source, &info, from).await);

    // More than one oplog entry holds, and little enough for the small cache of this server.
    let mut session = source.client().start_session().await.unwrap();
    session.start_transaction().await.unwrap();
    for number in 0..18 {
        let document = doc! { "_id": number, "text": "x".repeat(1 << 20) };
        games.insert_one(document).session(&mut session).await.unwrap();
    }
    games
        .update_one(doc! { "_id": 3 }, doc! { "$set": { "n": 1 } })
        .session(&mut session)
        .await
        .unwrap();
    games.insert_one(doc! { "_id": "beside" }).await.unwrap();
    let open = source.cluster_time().await.unwrap();
    followed.catch_up(&mut feed, &source, 1_000).await;
    followed.apply_to(open);
    followed.assert_equals(&source, open).await;
    session.commit_transaction().await.unwrap();
    games.update_one(doc! { "_id": "outside" }, doc! { "$inc": { "n": 1 } }).await.unwrap();
    // One that is given up leaves nothing.
    session.start_transaction().await.unwrap();
    games.insert_one(doc! { "_id": "never" }).session(&mut session).await.unwrap();
    session.abort_transaction().await.unwrap();
    let after = source.cluster_time().await.unwrap();
    followed.catch_up(&mut feed, &source, 1_000).await;
    followed.apply_to(after);
    followed.assert_equals(&source, after).await;
    servers.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn collections_are_followed_through_renames_and_told_when_created() {
    let servers = Servers::mongo().await;
    let source = servers.source().await;
    let database = source.database();
    database.collection("old").insert_one(doc! { "_id": 1 }).await.unwrap();
    let from = source.cluster_time().await.unwrap();
    let mut feed = FeedReader::open(&source, from).await.unwrap();
    let mut followed = Followed::default();
    for info in source.inspect().await.unwrap() {
        followed.collections.insert(info.uuid.unwrap(), snapshot(&source, &info, from).await);
    }
    database.collection("old").insert_one(doc! { "_id": 2 }).await.unwrap();
    source.target("avalon").rename("old", "avalon", "new", false).await.unwrap();
    database.collection("new").insert_one(doc! { "_id": 3 }).await.unwrap();
    database.collection("again").insert_one(doc! { "_id": 1 }).await.unwrap();
    database.collection::<Document>("again").drop().await.unwrap();
    database.collection("again").insert_one(doc! { "_id": 2 }).await.unwrap();
    // Another database, and staging collections, are no data of the game.
    source.client().database("other").collection("x").insert_one(doc! { "_id": 1 }).await.unwrap();
    database.collection("__avault_x").insert_one(doc! { "_id": 1 }).await.unwrap();
    let at = source.cluster_time().await.unwrap();
    followed.catch_up(&mut feed, &source, 1 << 20).await;
    followed.apply_to(at);
    followed.assert_equals(&source, at).await;
    let again = source.inspect_collection("again").await.unwrap().unwrap();
    assert_eq!(followed.created.len(), 2);
    assert!(followed.created.contains(&again.uuid.unwrap()));
    use DdlChange::{Created, Dropped, RenamedFrom, RenamedTo};
    let expected = [
        RenamedTo("avalon.new".into()),
        RenamedFrom("avalon.old".into()),
        Created,
        Dropped,
        Created,
    ];
    assert_eq!(followed.definitions, expected);
    servers.stop().await;
}
