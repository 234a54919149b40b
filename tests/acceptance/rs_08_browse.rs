//! RS-8: documents inside a backup are looked at without restoring it.

use std::collections::BTreeMap;

use acceptance::corpus;
use acceptance::service::{DATABASE, Output, Service};
use mongodb::bson::{Document, RawDocumentBuf};
use redis::AsyncCommands;
use serde_json::Value;

async fn browse(service: &Service, more: &[&str]) -> Output {
    let mut arguments = vec!["--json", "backup", "browse", "latest"];
    arguments.extend(more);
    service.avault(&arguments).await
}

/// Documents that a command printed, by collection, as the bytes that they spell.
fn documents(output: Output) -> BTreeMap<String, Vec<Vec<u8>>> {
    let mut found: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
    for line in output.ended(0).json_lines() {
        let name = line["collection"].as_str().expect("a collection").to_owned();
        let document: Document =
            serde_json::from_value(line["document"].clone()).expect("Extended JSON");
        found.entry(name).or_default().push(document.to_vec().expect("BSON"));
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn rs_08_every_document_of_every_type_is_shown_as_it_was() {
    let service = Service::start().await;
    corpus::fill(&service.database()).await;
    service.init().await;
    service.backup().await;
    let expected = service.documents(DATABASE).await;
    // What is browsed is the vault alone.
    service.database().drop().await.expect("the database goes");

    let held = browse(&service, &[]).await.ended(0).json_lines();
    for (name, expected) in &expected {
        let listed = held.iter().find(|one| one["name"] == name.as_str()).expect("a collection");
        assert_eq!(listed["documents"], expected.len(), "{name}");
        let shown = documents(browse(&service, &["--collection", name, "--limit", "100000"]).await);
        let shown = shown.get(name).cloned().unwrap_or_default();
        assert_eq!(sorted(shown), sorted(expected.iter().map(normalised)), "{name}");
    }
    service.stop().await;
}

/// A document as it reads back from JSON: names given twice, and numbers that are not one, have no
/// form of their own there.
fn normalised(document: &RawDocumentBuf) -> Vec<u8> {
    let json = dump::canonical_extended_json(document.as_bytes()).expect("JSON");
    let value: Value = serde_json::from_str(&json).expect("JSON");
    let document: Document = serde_json::from_value(value).expect("Extended JSON");
    document.to_vec().expect("BSON")
}

fn sorted(documents: impl IntoIterator<Item = Vec<u8>>) -> Vec<Vec<u8>> {
    let mut sorted: Vec<_> = documents.into_iter().collect();
    sorted.sort();
    sorted
}

#[tokio::test(flavor = "multi_thread")]
async fn rs_08_a_game_a_player_and_a_value_are_found() {
    let service = Service::start().await;
    service.avault(&["simulate", "--games", "60", "--seed", "11"]).await.ended(0);
    let client = redis::Client::open(service.sandbox.redis_url()).expect("a client");
    let mut keys = client.get_multiplexed_async_connection().await.expect("a connection");
    let _: () = keys.hset("game:{LIVE}:owner", "epoch", "4").await.expect("a hash");
    service.init().await;
    service.backup().await;
    let live = service.documents(DATABASE).await;
    let of = |name: &str| -> Vec<Document> {
        live[name].iter().map(|raw| raw.try_into().expect("a document")).collect()
    };
    let (history, events) = (of("game_history"), of("game_events"));
    let game = history[7].get_str("_id").expect("an id").to_owned();
    let of_game = |one: &&Document| one.get_str("gameId").is_ok_and(|id| id == game);
    let many = events.iter().filter(of_game).count();

    let shown = documents(browse(&service, &["--game", &game, "--limit", "100000"]).await);
    assert_eq!(shown["game_history"].len(), 1);
    assert_eq!(shown["game_events"].len(), many);
    assert!(!shown.contains_key("users") && !shown.contains_key("stats"));

    let seat = history[7].get_array("seats").expect("seats")[0].as_document().expect("a seat");
    let player = seat.get_str("playerId").expect("a player");
    let shown = documents(browse(&service, &["--player", player, "--limit", "100000"]).await);
    assert_eq!((shown["users"].len(), shown["stats"].len()), (1, 1));
    let played = history.iter().filter(|one| one.to_string().contains(&format!("\"{player}\"")));
    assert_eq!(shown["game_history"].len(), played.count());

    let won =
        history.iter().filter(|one| one.get_str("winner").is_ok_and(|side| side == "good")).count();
    let good = ["--collection", "game_history", "--where", "winner=good", "--limit", "100000"];
    assert_eq!(documents(browse(&service, &good).await)["game_history"].len(), won);
    let by_id = ["--collection", "game_history", "--where", &format!("_id={game}")];
    assert_eq!(documents(browse(&service, &by_id).await)["game_history"].len(), 1);
    let key = ["--collection", "$redis", "--where", "_id=game:*"];
    let lines = browse(&service, &key).await.ended(0).json_lines();
    assert_eq!(lines[0]["document"]["key"], "game:{LIVE}:owner");
    assert_eq!(lines[0]["document"]["value"][0][1], "4");

    let table = service.avault(&["backup", "browse", "latest", "--game", &game]).await.ended(0);
    assert!(table.stdout.contains(&game) && table.stdout.contains("looked at"), "{table:?}");
    browse(&service, &["--collection", "nothing"]).await.ended(2);
    service.stop().await;
}
