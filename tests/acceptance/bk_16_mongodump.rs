//! BK-16: a backup leaves as a dump of MongoDB's own tools and comes back from it, byte for byte.

use acceptance::corpus;
use acceptance::service::{DATABASE, Output, Service, files};
use mongodb::bson::{Document, doc};
use redis::AsyncCommands;
use serde_json::json;

/// The forms of a dump.
const FORMS: [(&str, bool); 4] =
    [("mongodump", false), ("mongodump", true), ("archive", false), ("archive", true)];

/// Exports a backup in one form and gives the path of the dump.
async fn export(service: &Service, backup: &str, (format, gzip): (&str, bool)) -> String {
    let name = format!("{format}-{gzip}");
    let path = service.folder().join(name).display().to_string();
    let mut arguments = vec!["--json", "export", backup, "--format", format, "--out", &path];
    arguments.extend(gzip.then_some("--gzip"));
    let outcome = service.avault(&arguments).await.ended(0).json();
    assert_eq!(outcome["path"], path.as_str());
    path
}

async fn import(service: &Service, form: (&str, bool), path: &str, more: &[&str]) -> Output {
    let mut arguments = vec!["--json", "import", "--format", form.0, path];
    arguments.extend(form.1.then_some("--gzip"));
    arguments.extend(more);
    service.avault(&arguments).await
}

/// The server's own digest of each collection's documents and indexes.
async fn digests(service: &Service, database: &str) -> Document {
    let answer = service.client.database(database).run_command(doc! { "dbHash": 1 }).await;
    let answer = answer.expect("digests");
    let mut digests = answer.get_document("collections").expect("collections").clone();
    // It names each view by database and name.
    digests.remove("system.views");
    digests
}

/// Both databases hold the same documents, byte for byte, under the same definitions.
async fn assert_same(service: &Service, copy: &str, form: (&str, bool)) {
    let (expected, found) = (service.documents(DATABASE).await, service.documents(copy).await);
    let names = |documents: &std::collections::BTreeMap<String, _>| {
        documents.keys().cloned().collect::<Vec<_>>()
    };
    assert_eq!(names(&found), names(&expected), "{form:?}");
    for (name, expected) in &expected {
        let found = &found[name];
        assert_eq!(found.len(), expected.len(), "{form:?} {name}");
        for (found, expected) in found.iter().zip(expected) {
            let same = found.as_bytes() == expected.as_bytes();
            assert!(same, "{form:?} {name}: {expected:?} came back as {found:?}");
        }
    }
    assert_eq!(service.metadata(copy).await, service.metadata(DATABASE).await, "{form:?}");
    assert_eq!(digests(service, copy).await, digests(service, DATABASE).await, "{form:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_16_every_type_and_shape_returns_from_a_dump() {
    let service = Service::start().await;
    let database = service.database();
    corpus::fill(&database).await;
    let view = doc! { "create": "room_events", "viewOn": "rooms",
    "pipeline": [{ "$match": { "kind": "identifier" } }] };
    database.run_command(view).await.expect("a view");
    let capped = doc! { "create": "snapshots", "capped": true, "size": 1 << 20 };
    database.run_command(capped).await.expect("a capped collection");
    service.fill(&["snapshots"], 20, |_, at| doc! { "_id": 19 - at }).await;
    service.init().await;
    let backup = service.backup().await;

    for (number, form) in FORMS.into_iter().enumerate() {
        let path = export(&service, &backup, form).await;
        let copy = format!("copy{number}");
        let outcome = import(&service, form, &path, &["--database", &copy]).await.ended(0).json();
        assert_eq!(
            (outcome["from"].as_str(), outcome["skipped"][0].as_str()),
            (Some(DATABASE), None)
        );
        assert_same(&service, &copy, form).await;
        service.client.database(&copy).drop().await.expect("the copy goes");
    }
    // One collection's files, as the tools name them and lay them out.
    let folder = service.folder().join("mongodump-false").join(DATABASE);
    let mut names: Vec<String> = files(&folder)
        .iter()
        .filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()))
        .filter(|name| name.starts_with("users") || name.starts_with("room_events"))
        .collect();
    names.sort();
    assert_eq!(names, ["room_events.metadata.json", "users.bson", "users.metadata.json"]);
    let bson = std::fs::read(folder.join("users.bson")).expect("documents");
    let users = &service.documents(DATABASE).await["users"];
    let length: usize = users.iter().map(|document| document.as_bytes().len()).sum();
    assert_eq!(bson.len(), length, "a .bson file is its documents and nothing else");
    service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_16_games_and_their_keys_return_from_a_dump() {
    let service = Service::start().await;
    service.avault(&["simulate", "--games", "60", "--seed", "7"]).await.ended(0);
    let client = redis::Client::open(service.sandbox.redis_url()).expect("a client");
    let mut keys = client.get_multiplexed_async_connection().await.expect("a connection");
    write_keys(&mut keys).await;
    let before = dump_keys(&mut keys).await;
    service.init().await;
    let backup = service.backup().await;

    for (number, form) in FORMS.into_iter().enumerate() {
        let path = export(&service, &backup, form).await;
        let copy = format!("copy{number}");
        let taken = import(&service, form, &path, &["--database", &copy, "--redis"]).await;
        assert_eq!(taken.code, 2, "keys that exist are not written over: {taken:?}");
        let names = service.client.database(&copy).list_collection_names().await.expect("names");
        assert_eq!(names, [""; 0], "what is refused writes nothing");

        let _: () = redis::cmd("FLUSHDB").query_async(&mut keys).await.expect("an empty Redis");
        let more = ["--database", copy.as_str(), "--redis"];
        let outcome = import(&service, form, &path, &more).await.ended(0).json();
        assert_eq!((&outcome["redisKeys"], &outcome["skipped"]), (&json!(3), &json!([])));
        assert_eq!(dump_keys(&mut keys).await, before, "{form:?}");
        assert_same(&service, &copy, form).await;

        let again = import(&service, form, &path, &["--database", &copy]).await;
        assert_eq!(again.code, 2, "a database that holds something is refused: {again:?}");
        assert!(again.stderr.contains("is not empty"), "{again:?}");
    }
    service.stop().await;
}

/// Keys of live games: every sort of value, bytes that are no text, an expiry.
async fn write_keys(keys: &mut redis::aio::MultiplexedConnection) {
    let fields: [(&str, &[u8]); 2] = [("epoch", b"4"), ("odd", &[0, 0xff, 0x80])];
    let _: () = keys.hset_multiple("game:{G1}:owner", &fields).await.expect("a hash");
    for seq in 1..=5 {
        let id = format!("{seq}-0");
        let entry = [("e", format!("{{\"seq\":{seq}}}"))];
        let _: String = keys.xadd("game:{G1}:events", id, &entry).await.expect("an entry");
    }
    let _: () = keys.xgroup_create("game:{G1}:events", "readers", "2-0").await.expect("a group");
    let _: () = keys.set("game:{G2}:state", "梅林 \"{}\"\n").await.expect("a string");
    let _: () = keys.pexpire_at("game:{G2}:state", 4_000_000_000_000_i64).await.expect("an expiry");
}

/// Each key with its contents and expiry, as the server serialises them.
async fn dump_keys(keys: &mut redis::aio::MultiplexedConnection) -> Vec<(String, Vec<u8>, i64)> {
    let mut names: Vec<String> = keys.keys("*").await.expect("names");
    names.sort();
    let mut found = Vec::new();
    for name in names {
        let bytes = redis::cmd("DUMP").arg(&name).query_async(keys).await.expect("a dump");
        let at = redis::cmd("PEXPIRETIME").arg(&name).query_async(keys).await.expect("an expiry");
        found.push((name, bytes, at));
    }
    found
}
