//! Documents inside a backup, read without a database.

use std::sync::Arc;

use control::Control;
use engine::browse::outcome::{
    BrowseCollection, BrowsePage, BrowseRequest, Content, DocumentRequest, DocumentRow, FieldFilter,
};
use engine::{Connections, Engine, EngineContext, EngineError};
use mongodb::bson::Document;
use source::profile::DataClass;
use vault::{SystemClock, SystemEntropy};

use crate::support::{EVENTS, Stage, USERS, back_up, own_games};

/// An engine that has the vault and nothing else.
fn offline(stage: &Stage, engine: &Engine) -> Engine {
    let context =
        EngineContext::new(Arc::new(SystemClock), Arc::new(SystemEntropy), "tester", "test");
    let path = stage.folder.path().join("offline.db");
    let control = Arc::new(Control::open(&path, context.now_ms()).unwrap());
    let connections = Connections { vault: engine.connections().vault, ..Connections::default() };
    Engine::new(context, connections, control)
}

fn of(class: DataClass, collection: &str) -> BrowseRequest {
    BrowseRequest {
        backup: "latest".into(),
        class,
        collection: collection.into(),
        game: None,
        player: None,
        filters: Vec::new(),
        cursor: None,
        limit: 50,
        full: true,
    }
}

fn at(mut request: BrowseRequest, field: &str, value: &str) -> BrowseRequest {
    request.filters.push(FieldFilter { field: field.into(), value: value.into() });
    request
}

async fn page(engine: &Engine, request: &BrowseRequest) -> BrowsePage {
    engine::browse::page(engine, request).await.unwrap()
}

/// Every page of a request.
async fn all(engine: &Engine, mut request: BrowseRequest) -> Vec<DocumentRow> {
    let mut rows = Vec::new();
    loop {
        let page = page(engine, &request).await;
        rows.extend(page.documents);
        request.cursor = page.cursor;
        if request.cursor.is_none() {
            return rows;
        }
    }
}

fn ids(rows: &[DocumentRow]) -> Vec<&str> {
    rows.iter().map(|row| row.id.trim_matches('"')).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_read_page_by_page_with_no_database_at_hand() {
    let stage = Stage::filled().await;
    let engine = stage.engine().await;
    own_games(&stage.redis().await).await;
    back_up(&engine, &[]).await;
    let engine = offline(&stage, &engine);
    let sandbox = stage.sandbox;
    sandbox.stop().await.unwrap();

    let held = engine::browse::collections(&engine, "latest").await.unwrap();
    let find = |name: &str| -> &BrowseCollection {
        held.iter().find(|collection| collection.name == name).unwrap()
    };
    assert_eq!((find("users").documents, find("users").class), (USERS as u64, DataClass::Accounts));
    assert_eq!(find("$redis").content, Content::Keys);

    // Page sizes do not change what is read, nor its order.
    for limit in [1, 7, 200] {
        for collection in held.iter().filter(|one| one.documents > 0) {
            let request = BrowseRequest { limit, ..of(collection.class, &collection.name) };
            let rows = all(&engine, request).await;
            assert_eq!(rows.len() as u64, collection.documents, "{} by {limit}", collection.name);
            let mut keys: Vec<_> = rows.iter().map(|row| &row.key).collect();
            keys.dedup();
            assert_eq!(keys.len(), rows.len(), "{} by {limit}", collection.name);
        }
    }
    let users = all(&engine, of(DataClass::Accounts, "users")).await;
    assert!(ids(&users).is_sorted());
    // Ids of every type come in MongoDB's own order, and read back as what they were.
    let odd = all(&engine, of(DataClass::Rooms, "room_events")).await;
    let first: Document = serde_json::from_str(odd[0].json.as_ref().unwrap()).unwrap();
    assert_eq!(first.get("_id"), Some(&mongodb::bson::Bson::MinKey));
    assert_eq!(odd[1].id, "null");

    for row in &odd {
        let request = DocumentRequest {
            backup: "latest".into(),
            class: DataClass::Rooms,
            collection: "room_events".into(),
            key: row.key.clone(),
        };
        let document = engine::browse::document(&engine, &request).await.unwrap();
        assert_eq!((&document.id, &document.json), (&row.id, &row.json));
        assert_eq!(document.tree[0].name, "_id");
        assert!(!document.cut);
    }
    let keys = all(&engine, of(DataClass::Active, "$redis")).await;
    let key = keys.iter().find(|row| row.id == "game:{L1}:owner").unwrap();
    assert_eq!(key.fields[0].text, "hash");
    let request = DocumentRequest {
        backup: "latest".into(),
        class: DataClass::Active,
        collection: "$redis".into(),
        key: key.key.clone(),
    };
    let document = engine::browse::document(&engine, &request).await.unwrap();
    assert!(document.json.unwrap().contains("[\"epoch\",\"4\"]"));
}

#[tokio::test(flavor = "multi_thread")]
async fn filters_leave_over_what_fits_and_ids_are_found_by_key() {
    let stage = Stage::filled().await;
    let engine = stage.engine().await;
    own_games(&stage.redis().await).await;
    back_up(&engine, &[]).await;

    let by_id = page(&engine, &at(of(DataClass::Accounts, "users"), "_id", "P0123")).await;
    assert_eq!((ids(&by_id.documents), by_id.by_key), (vec!["P0123"], true));
    assert_eq!((by_id.scanned, by_id.total, by_id.cursor), (1, USERS as u64, None));
    let begins = at(of(DataClass::Accounts, "users"), "_id", "P01*");
    let begins = page(&engine, &BrowseRequest { limit: 200, ..begins }).await;
    assert_eq!((begins.documents.len(), begins.scanned, begins.cursor), (100, 100, None));
    let rating = at(of(DataClass::Accounts, "users"), "rating", "1207");
    assert_eq!(ids(&all(&engine, rating).await), ["P0007"]);
    let nobody = page(&engine, &at(of(DataClass::Accounts, "users"), "_id", "nobody")).await;
    assert_eq!((nobody.documents.len(), nobody.scanned), (0, 0));
    // A number and its text lie far apart.
    let mixed = at(of(DataClass::Rooms, "room_events"), "_id", "2");
    assert_eq!(ids(&all(&engine, mixed).await), ["{\"$numberLong\":\"2\"}"]);

    let of_game = |class, name: &str| BrowseRequest { game: Some("F2".into()), ..of(class, name) };
    let history = page(&engine, &of_game(DataClass::History, "game_history")).await;
    assert_eq!((ids(&history.documents), history.by_key), (vec!["F2"], true));
    let events = all(&engine, of_game(DataClass::History, "game_events")).await;
    assert_eq!(events.len() as i64, EVENTS);
    assert!(events.iter().all(|row| row.id.starts_with("\"F2-")));
    let player = BrowseRequest { player: Some("P0002".into()), ..of(DataClass::Active, "games") };
    assert_eq!(ids(&all(&engine, player).await), ["L1", "L2"]);
    let keys = BrowseRequest { game: Some("L2".into()), ..of(DataClass::Active, "$redis") };
    assert_eq!(ids(&all(&engine, keys).await), ["game:{L2}:owner"]);
    let prefix = at(of(DataClass::Active, "$redis"), "_id", "game:{L*");
    assert_eq!(all(&engine, prefix).await.len(), 2);

    let request = DocumentRequest {
        backup: "latest".into(),
        class: DataClass::History,
        collection: "game_events".into(),
        key: events[0].key.clone(),
    };
    let event = engine::browse::document(&engine, &request).await.unwrap();
    assert_eq!(event.game.as_deref(), Some("F2"));
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_browsed_is_refused() {
    let stage = Stage::filled().await;
    let engine = stage.engine().await;
    back_up(&engine, &[DataClass::Accounts]).await;
    let id = engine::backup::list(&engine).await.unwrap()[0].id.clone();
    let of = |class, name| BrowseRequest { backup: id.clone(), ..of(class, name) };
    let refused = |request: BrowseRequest| {
        let engine = engine.clone();
        async move { engine::browse::page(&engine, &request).await.unwrap_err() }
    };
    let absent = refused(of(DataClass::History, "game_events")).await;
    assert!(matches!(absent, EngineError::ClassAbsent { .. }), "{absent}");
    let unknown = refused(of(DataClass::Accounts, "nothing")).await;
    assert!(matches!(unknown, EngineError::Invalid { field: "collection", .. }), "{unknown}");
    let users = || of(DataClass::Accounts, "users");
    let limit = refused(BrowseRequest { limit: 201, ..users() }).await;
    assert!(matches!(limit, EngineError::Invalid { field: "limit", .. }), "{limit}");
    let cursor = refused(BrowseRequest { cursor: Some("x".into()), ..users() }).await;
    assert!(matches!(cursor, EngineError::Invalid { field: "cursor", .. }), "{cursor}");
    stage.stop().await;
}
