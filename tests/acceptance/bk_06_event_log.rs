//! BK-6, RS-3: what is acknowledged is in the vault within a moment, a killed follower loses nothing,
//! and any point in time between a backup and the end of the log comes back exactly.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::time::Duration;

use acceptance::service::{DATABASE, Service};
use mongodb::IndexModel;
use mongodb::bson::{Document, RawDocumentBuf, Timestamp, doc};
use serde_json::Value;
use tokio::process::Child;

/// What the database held at one moment.
struct Moment {
    at: Timestamp,
    documents: BTreeMap<String, Vec<RawDocumentBuf>>,
    metadata: BTreeMap<String, (Document, Vec<Document>)>,
}

impl Moment {
    async fn of(service: &Service) -> Self {
        let (documents, metadata) =
            (service.documents(DATABASE).await, service.metadata(DATABASE).await);
        Self { at: committed(service).await, documents, metadata }
    }

    fn name(&self) -> String {
        format!("{},{}", self.at.time, self.at.increment)
    }
}

/// The newest point that a majority holds.
async fn committed(service: &Service) -> Timestamp {
    let hello = service.client.database("admin").run_command(doc! { "hello": 1 }).await.unwrap();
    let last = hello.get_document("lastWrite").unwrap();
    last.get_document("majorityOpTime").unwrap().get_timestamp("ts").unwrap()
}

fn follow(service: &Service) -> Child {
    service.spawn(&["backup", "follow"])
}

async fn points(service: &Service) -> Value {
    service.avault(&["--json", "backup", "points"]).await.ended(0).json()
}

/// Waits until the newest range reaches a point, and tells what there is then.
async fn followed_to(service: &Service, at: Timestamp) -> Value {
    for _ in 0..120 {
        let points = points(service).await;
        let last = points["ranges"].as_array().unwrap().last().cloned().unwrap_or_default();
        let to = last["to"].as_str().and_then(|to| to.split_once(','));
        let to = to.map(|(time, at)| (time.parse::<u32>().unwrap(), at.parse::<u32>().unwrap()));
        if to >= Some((at.time, at.increment)) {
            return points;
        }
        tokio::time::sleep(Duration::from_millis(250)).await;
    }
    panic!("not followed to {at:?}: {}", points(service).await);
}

/// Restores a point into a database of its own.
async fn restored(
    service: &Service,
    at: &str,
    name: &str,
) -> BTreeMap<String, Vec<RawDocumentBuf>> {
    service.avault(&["restore", "--at", at, "--database", name]).await.ended(0);
    service.documents(name).await
}

async fn fill(service: &Service) {
    service
        .fill(&["users", "games", "game_history", "stats"], 400, |name, at| {
            doc! { "_id": format!("{name}-{at:04}"), "n": { "rating": 1200, "votes": [at, at] } }
        })
        .await;
    service.fill(&["rooms", "config"], 20, |name, at| doc! { "_id": format!("{name}-{at}") }).await;
}

/// Changes of every form.
async fn change(service: &Service, round: i32) {
    let users = service.database().collection::<Document>("users");
    let some = doc! { "_id": { "$regex": format!("{}$", round % 10) } };
    let update = doc! { "$inc": { "n.rating": round }, "$push": { "n.votes": round } };
    users.update_many(some, update).await.unwrap();
    users.delete_one(doc! { "_id": format!("users-{:04}", 100 + round) }).await.unwrap();
    users.insert_one(doc! { "_id": format!("new-{round}"), "round": round }).await.unwrap();
    let replaced = doc! { "_id": format!("users-{:04}", 200 + round) };
    users.replace_one(replaced, doc! { "all": round }).await.unwrap();
    let mut session = service.client.start_session().await.unwrap();
    session.start_transaction().await.unwrap();
    for name in ["games", "stats"] {
        let collection = service.database().collection::<Document>(name);
        let one = doc! { "_id": format!("{name}-{:04}", round) };
        let unset = doc! { "$unset": { "n.rating": "" }, "$set": { "n.votes.1": "two" } };
        collection.update_one(one, unset).session(&mut session).await.unwrap();
    }
    session.commit_transaction().await.unwrap();
}

/// Definitions that change beside documents.
async fn redefine(service: &Service, round: i32) {
    let database = service.database();
    match round % 4 {
        0 => {
            let model = IndexModel::builder().keys(doc! { format!("f{round}"): 1 }).build();
            database.collection::<Document>("users").create_index(model).await.unwrap();
        }
        1 => {
            database.collection::<Document>("rooms").drop().await.unwrap();
            let room = doc! { "_id": "anew", "round": round };
            database.collection::<Document>("rooms").insert_one(room).await.unwrap();
        }
        2 => {
            let validator = doc! { "collMod": "config", "validator": { "x": { "$ne": round } } };
            database.run_command(validator).await.unwrap();
        }
        _ => {
            let admin = service.client.database("admin");
            let rename = |from: &str, to: &str| {
                let command = doc! { "renameCollection": format!("{DATABASE}.{from}"),
                "to": format!("{DATABASE}.{to}"), "dropTarget": true };
                let admin = admin.clone();
                async move { admin.run_command(command).await.map(drop).unwrap() }
            };
            rename("game_history", "room_events").await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_06_any_moment_of_the_log_comes_back_exactly() {
    let service = Service::start().await;
    service.init().await;
    fill(&service).await;
    service.backup().await;
    let mut follower = follow(&service);
    let mut moments = vec![Moment::of(&service).await];
    for round in 0..9 {
        change(&service, round).await;
        moments.push(Moment::of(&service).await);
        if round % 2 == 1 {
            redefine(&service, round / 2).await;
            change(&service, 20 + round).await;
            let moment = Moment::of(&service).await;
            // Definitions that change more than once within a moment leave a gap of that moment.
            followed_to(&service, moment.at).await;
            moments.push(moment);
        }
    }
    let points = followed_to(&service, moments.last().unwrap().at).await;
    assert!(points["followedBy"].is_string(), "{points}");
    for (number, moment) in moments.iter().enumerate().rev().step_by(2) {
        let name = format!("then{number}");
        assert!(restored(&service, &moment.name(), &name).await == moment.documents, "{name}");
        assert_eq!(service.metadata(&name).await, moment.metadata, "{name}");
        service.client.database(&name).drop().await.unwrap();
    }
    // Sets of points are shown as such, are no base for increments, and are sound.
    let list = service.avault(&["--json", "backup", "list"]).await.ended(0).json_lines();
    let made: Vec<_> = list.iter().filter(|set| set["pointInTime"].is_string()).collect();
    assert!(made.len() >= 6, "{list:?}");
    service.avault(&["backup", "verify", "--all", "--level", "3"]).await.ended(0);
    service.avault(&["check"]).await.ended(0);
    let before = ["restore", "--at", "1000000000,1", "--database", "never"];
    let refused = service.avault(&before).await.ended(2);
    assert!(refused.stderr.contains("cannot be restored"), "{refused:?}");
    // Asked to stop, it ends in order.
    let id = follower.id().unwrap().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    assert!(follower.wait().await.unwrap().success());
    assert_eq!(self::points(&service).await["followedBy"], Value::Null);
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_06_a_killed_follower_loses_nothing_that_was_acknowledged() {
    let service = Service::start().await;
    service.init().await;
    fill(&service).await;
    service.backup().await;
    let events = service.database().collection::<Document>("game_events");
    let mut seq = 0;
    for kill in 0..6_u64 {
        let mut follower = follow(&service);
        let until = tokio::time::Instant::now() + Duration::from_millis(1_500 + kill * 130);
        while tokio::time::Instant::now() < until {
            seq += 1;
            let event = doc! { "_id": format!("g1:{seq:06}"), "gameId": "g1", "seq": seq };
            events.insert_one(event).await.unwrap();
        }
        follower.kill().await.unwrap();
    }
    let last = committed(&service).await;
    let mut follower = follow(&service);
    let points = followed_to(&service, last).await;
    assert_eq!(points["ranges"].as_array().unwrap().len(), 1, "{points}");
    let found = restored(&service, &format!("{},{}", last.time, last.increment), "then").await;
    assert_eq!(found["game_events"].len(), seq as usize);
    assert!(found == service.documents(DATABASE).await);
    // Right after any event of any game.
    let half = seq / 2;
    let found = restored(&service, &format!("event:g1:{half}"), "half").await;
    assert_eq!(found["game_events"].len(), half as usize);
    let never = ["restore", "--at", "event:g1:9999999", "--database", "never"];
    assert!(service.avault(&never).await.ended(2).stderr.contains("no event log holds"));
    service.avault(&["check"]).await.ended(0);
    follower.kill().await.unwrap();
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_06_a_game_is_compared_out_of_the_log_with_what_became_of_it() {
    let service = Service::start().await;
    service.init().await;
    service.avault(&["simulate", "--games", "1", "--seed", "6"]).await.ended(0);
    service.backup().await;
    let events = service.database().collection::<Document>("game_events");
    let before = events.distinct("gameId", doc! {}).await.unwrap();
    let mut follower = follow(&service);
    service.avault(&["simulate", "--games", "3", "--seed", "7"]).await.ended(0);
    let cast = doc! {
        "type": "TeamVoteCast", "payload.vote": "approve", "gameId": { "$nin": before },
    };
    let vote = events.find_one(cast).await.unwrap().unwrap();
    let game = vote.get_str("gameId").unwrap();
    let turned = doc! { "$set": { "payload.vote": "reject" } };
    events.update_one(doc! { "_id": vote.get_str("_id").unwrap() }, turned).await.unwrap();
    followed_to(&service, committed(&service).await).await;
    follower.kill().await.unwrap();

    let diff = async |arguments: &[&str]| {
        let all = [&["--json", "game", "diff", game], arguments].concat();
        service.avault(&all).await.ended(0).json()
    };
    let votes = |diff: &Value| diff["facts"].to_string().contains("\"approve\"");
    let log_to_live = diff(&["--from-event-log"]).await;
    assert!(votes(&log_to_live), "{log_to_live}");
    let live_to_log = diff(&["--to-event-log"]).await;
    assert!(votes(&live_to_log), "{live_to_log}");
    let both = diff(&["--from-event-log", "--to-event-log"]).await;
    assert_eq!(both["facts"], Value::Array(Vec::new()), "{both}");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rs_03_after_a_restore_the_time_line_forks_and_a_base_is_taken_by_itself() {
    let service = Service::start().await;
    service.init().await;
    fill(&service).await;
    service.backup().await;
    let mut follower = follow(&service);
    change(&service, 1).await;
    let good = Moment::of(&service).await;
    change(&service, 2).await;
    service.database().collection::<Document>("users").delete_many(doc! {}).await.unwrap();
    followed_to(&service, committed(&service).await).await;

    // The damage is taken back in place, to the moment before it.
    let at = good.name();
    service.avault(&["restore", "--at", &at, "--yes", DATABASE]).await.ended(0);
    assert!(service.documents(DATABASE).await == good.documents);

    change(&service, 3).await;
    let later = Moment::of(&service).await;
    let points = followed_to(&service, later.at).await;
    let ranges = points["ranges"].as_array().unwrap();
    let gaps = points["gaps"].as_array().unwrap();
    assert_eq!((ranges.len(), gaps[0]["reason"].as_str()), (2, Some("replaced")), "{points}");
    assert!(restored(&service, &later.name(), "later").await == later.documents);
    // What was before the restore is still there.
    assert!(restored(&service, &at, "before").await == good.documents);
    follower.kill().await.unwrap();
    service.stop().await;
}
