//! A sandbox with a small game database, and an engine on it.

use std::path::Path;
use std::sync::Arc;

use control::Control;
use engine::backup::outcome::{BackupDetail, BackupRequest, Method};
use engine::compare::outcome::{CompareOutcome, CompareRequest};
use engine::games::outcome::{GamePlace, GameShowRequest};
use engine::job::{JobState, JobView};
use engine::restore::outcome::{RestoreOutcome, RestoreRequest};
use engine::{Connections, CrashPoints, Engine, EngineContext};
use mongodb::bson::{Bson, Document, doc, oid::ObjectId};
use mongodb::options::IndexOptions;
use mongodb::{Client, Collection, Database, IndexModel};
use sandbox::{Sandbox, SandboxOptions};
use serde::de::DeserializeOwned;
use source::mongo::MongoSource;
use source::profile::{DataClass, Profile};
use source::redis_source::{RedisRecord, RedisSource, RedisValue, WriteMode};
use tempfile::TempDir;
use vault::{
    Argon2Cost, PassphraseProvider, Resources, Store, StoreCredentials, StoreUrl, SystemClock,
    SystemEntropy, Vault, VaultContext, VaultError,
};

pub const DATABASE: &str = "avalon";
/// Players in the database.
pub const USERS: i32 = 300;
/// Events of each game.
pub const EVENTS: i64 = 8;

/// Servers, folders and an engine.
pub struct Stage {
    pub sandbox: Sandbox,
    pub folder: TempDir,
}

impl Stage {
    /// Starts servers and fills them.
    pub async fn filled() -> Self {
        let stage = Self::empty().await;
        fill(&stage.database()).await;
        stage
    }

    /// Starts servers.
    pub async fn empty() -> Self {
        let sandbox = Sandbox::start(SandboxOptions::default()).await.unwrap();
        Self { sandbox, folder: tempfile::tempdir().unwrap() }
    }

    pub async fn engine(&self) -> Engine {
        self.engine_with(CrashPoints::default()).await
    }

    /// Another process' engine on the same servers, store and control store.
    pub async fn engine_with(&self, crash: CrashPoints) -> Engine {
        let mut context =
            EngineContext::new(Arc::new(SystemClock), Arc::new(SystemEntropy), "tester", "test");
        context.crash = crash;
        let path = self.folder.path().join("control.db");
        let control = Arc::new(Control::open(&path, context.now_ms()).unwrap());
        let connections = Connections {
            source: Some(self.source().await),
            redis: Some(self.redis().await),
            vault: Some(open_vault(&self.folder.path().join("store")).await),
            environment: "test".into(),
            ..Connections::default()
        };
        Engine::new(context, connections, control)
    }

    pub async fn source(&self) -> MongoSource {
        MongoSource::connect(&self.sandbox.mongodb_uri(), &Profile::default()).await.unwrap()
    }

    pub async fn redis(&self) -> RedisSource {
        RedisSource::connect(&self.sandbox.redis_url()).await.unwrap()
    }

    pub fn database(&self) -> LazyDatabase {
        LazyDatabase { uri: self.sandbox.mongodb_uri(), name: DATABASE.into() }
    }

    pub async fn stop(self) {
        self.sandbox.stop().await.unwrap();
    }
}

/// A database to be connected to inside the test's own runtime.
pub struct LazyDatabase {
    uri: String,
    name: String,
}

impl LazyDatabase {
    pub async fn open(&self) -> Database {
        Client::with_uri_str(&self.uri).await.unwrap().database(&self.name)
    }

    pub fn named(mut self, name: &str) -> Self {
        self.name = name.into();
        self
    }
}

async fn open_vault(folder: &Path) -> Vault {
    let url = StoreUrl::Folder(folder.to_path_buf());
    let store = || Store::open(&url, StoreCredentials::default()).unwrap();
    let provider = PassphraseProvider::new("correct horse".to_owned().into(), Argon2Cost::lowest());
    let context = VaultContext {
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        writer_id: "tester".into(),
        tool_version: "test".into(),
        resources: Resources::default(),
    };
    match Vault::open(store(), &provider, context.clone()).await {
        Err(VaultError::NotAVault { .. }) => {
            Vault::create(store(), &provider, context).await.unwrap()
        }
        opened => opened.unwrap(),
    }
}

async fn fill(database: &LazyDatabase) {
    let database = database.open().await;
    let users = (0..USERS).map(|n| doc! { "_id": format!("P{n:04}"), "rating": 1200 + n });
    insert(&database, "users", users.collect()).await;
    insert(&database, "rooms", vec![doc! { "_id": "R1", "code": "123456" }]).await;
    insert(&database, "room_events", odd_documents()).await;
    let mut games = Vec::new();
    let mut events = Vec::new();
    for game in ["L1", "L2", "F1", "F2", "F3"] {
        for seq in 1..=EVENTS {
            events.push(event(game, seq));
        }
        if game.starts_with('L') {
            games.push(doc! {
                "_id": game, "roomId": "R1", "epoch": 1_i64, "seq": EVENTS, "phase": "QUEST",
                "state": { "gameId": game, "seq": EVENTS, "seats": ["P0001", "P0002"] },
                "updatedAt": 5_i64,
            });
        }
    }
    insert(&database, "games", games).await;
    insert(&database, "game_events", events).await;
    let history = ["F1", "F2", "F3"].map(|game| {
        doc! { "_id": game, "roomId": "R1", "winner": "evil", "reason": "three_fails",
        "endedAt": 9_i64, "seats": [], "missions": [{ "result": "fail" }] }
    });
    insert(&database, "game_history", history.to_vec()).await;
    insert(&database, "stats", vec![doc! { "_id": "global", "games": 3_i64 }]).await;
    database
        .create_collection("config")
        .validator(doc! { "version": { "$gte": 0 } })
        .await
        .unwrap();
    insert(&database, "config", vec![doc! { "_id": "rules", "version": 1 }]).await;
    let unique = IndexOptions::builder().unique(true).build();
    index(&database, "game_events", doc! { "gameId": 1, "seq": 1 }, unique).await;
    index(&database, "users", doc! { "rating": -1 }, IndexOptions::default()).await;
    let expiring =
        IndexOptions::builder().expire_after(std::time::Duration::from_secs(10_000_000)).build();
    index(&database, "rooms", doc! { "closedAt": 1 }, expiring).await;
}

/// Ids of mixed types and values that JSON would lose.
fn odd_documents() -> Vec<Document> {
    let mut odd = vec![
        doc! { "_id": 1, "v": f64::NAN },
        doc! { "_id": 2_i64, "v": -0.0 },
        doc! { "_id": 2.5, "v": Bson::Null },
        doc! { "_id": "text", "a.b": 1, "": 2 },
        doc! { "_id": ObjectId::new(), "v": i64::MIN },
        doc! { "_id": { "k": 1 }, "v": [] },
        doc! { "_id": Bson::Null },
        doc! { "_id": true },
    ];
    odd.push(doc! { "_id": Bson::MinKey, "v": Bson::MaxKey });
    odd
}

pub fn event(game: &str, seq: i64) -> Document {
    doc! {
        "_id": format!("{game}-{seq}"), "gameId": game, "roomId": "R1", "seq": seq,
        "type": "PlayerDisconnected", "v": 1, "ts": 1_000 + seq, "actor": "system",
        "payload": { "playerId": "P0001", "note": "x".repeat(200) }, "hash": format!("{seq:064x}"),
    }
}

async fn insert(database: &Database, collection: &str, documents: Vec<Document>) {
    database.collection::<Document>(collection).insert_many(documents).await.unwrap();
}

async fn index(database: &Database, collection: &str, keys: Document, options: IndexOptions) {
    let model = IndexModel::builder().keys(keys).options(options).build();
    database.collection::<Document>(collection).create_index(model).await.unwrap();
}

/// Damages several collections in several ways.
pub async fn damage(database: &Database) {
    let users: Collection<Document> = database.collection("users");
    users.delete_many(doc! { "_id": { "$lt": "P0050" } }).await.unwrap();
    users
        .update_many(doc! { "_id": { "$gte": "P0290" } }, doc! { "$set": { "rating": 1 } })
        .await
        .unwrap();
    let new = doc! { "_id": "P9999" };
    users.replace_one(doc! { "_id": "P9999" }, new).upsert(true).await.unwrap();
    database.collection::<Document>("config").drop().await.unwrap();
    database.collection::<Document>("game_events").delete_many(doc! { "seq": 3 }).await.unwrap();
}

/// The keys of a live game, with an owner of an old epoch.
pub async fn own_games(redis: &RedisSource) {
    for game in ["L1", "L2", "GONE"] {
        let fields = [("epoch", "4"), ("instance", "i1")];
        let record = RedisRecord {
            key: format!("game:{{{game}}}:owner").into_bytes(),
            value: RedisValue::Hash(
                fields.map(|(name, value)| (name.into(), value.into())).to_vec(),
            ),
            expire_at_ms: None,
            dump: Vec::new(),
        };
        redis.write_key(&record, WriteMode::Decoded).await.unwrap();
    }
}

pub async fn finished(engine: &Engine, id: &str) -> JobView {
    engine.jobs().wait(id).await.unwrap()
}

/// Waits for a job that must end well and reads its outcome.
pub async fn outcome<T: DeserializeOwned>(engine: &Engine, id: &str) -> T {
    let job = finished(engine, id).await;
    let ended = matches!(job.state, JobState::Done | JobState::DoneWithProblems);
    assert!(ended, "{:?}: {:?} {:?}", job.state, job.error, job.log);
    serde_json::from_value(job.outcome.unwrap()).unwrap()
}

pub async fn back_up(engine: &Engine, classes: &[DataClass]) -> BackupDetail {
    let request = BackupRequest { classes: classes.to_vec(), method: Method::Full, impact: None };
    let job = engine::backup::start(engine, request).await.unwrap();
    outcome(engine, &job).await
}

/// A game after an event through god's eyes.
pub fn by_god(game: &str, seq: Option<u64>, place: GamePlace) -> GameShowRequest {
    GameShowRequest { id: game.to_owned(), seq, viewer: "god".into(), moment_only: false, place }
}

pub async fn compare(engine: &Engine, backup: &str) -> CompareOutcome {
    let request = CompareRequest { backup: backup.into(), classes: vec![] };
    let job = engine::compare::start(engine, request).await.unwrap();
    outcome(engine, &job).await
}

pub fn in_place(backup: &str) -> RestoreRequest {
    RestoreRequest {
        backup: backup.into(),
        classes: vec![],
        database: None,
        target: None,
        whole: false,
    }
}

pub async fn restore(engine: &Engine, request: RestoreRequest) -> (String, RestoreOutcome) {
    let plan = engine::restore::plan(engine, request).await.unwrap();
    let job = engine::restore::start(engine, &plan.id, &plan.confirm_name).await.unwrap();
    let outcome = outcome(engine, &job).await;
    (job, outcome)
}

/// Names of collections that a restore should not leave behind.
pub async fn traces(database: &Database) -> Vec<String> {
    let names = database.list_collection_names().await.unwrap();
    names.into_iter().filter(|name| name.starts_with("__avault_")).collect()
}

pub async fn count(database: &Database, collection: &str) -> u64 {
    database.collection::<Document>(collection).count_documents(doc! {}).await.unwrap()
}
