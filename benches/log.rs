//! The event log beside a service that acknowledges 2,000 events a second: from the acknowledgement
//! of an event to that of the chunk that holds it, in a folder and in an S3 store.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use acceptance::s3::{ACCESS_KEY, S3Server, SECRET_KEY};
use anyhow::{Context, Result, ensure};
use async_trait::async_trait;
use bytes::Bytes;
use engine::control::Control;
use engine::source::change::Operation;
use engine::source::mongo::MongoSource;
use engine::source::profile::Profile;
use engine::vault::store::{Backend, ObjectInfo, StoreError};
use engine::vault::{
    Argon2Cost, PassphraseProvider, Store, StoreCredentials, StoreUrl, SystemClock, SystemEntropy,
    Vault,
};
use engine::{Connections, Engine, EngineContext, follow};
use mongodb::Client;
use mongodb::bson::{Document, doc};

use crate::context::vault_context;
use crate::report::Row;

/// Events a second.
const RATE: u64 = 2_000;
/// Game servers that write them.
const WRITERS: u64 = 20;
/// How long they write.
const SECONDS: u64 = 20;
/// The database that is followed; one of its own, so that nothing else is in the log.
const DATABASE: &str = "followed";
const MS: f64 = 1_000.0;

/// Measures both kinds of store.
pub async fn measure(mongodb: &str, folder: &Path) -> Result<Vec<Row>> {
    let path = folder.join("log-store");
    let url = StoreUrl::parse(&path.display().to_string())?;
    let mut rows =
        one(mongodb, folder, "folder", 400.0, Store::open(&url, no_credentials())?).await?;
    let server = S3Server::start().await;
    server.create_bucket("log").await;
    let url = StoreUrl::parse(&server.url("log", "bench"))?;
    let credentials = StoreCredentials {
        access_key_id: Some(ACCESS_KEY.into()),
        secret_access_key: Some(SECRET_KEY.to_owned().into()),
        session_token: None,
    };
    rows.extend(one(mongodb, folder, "S3", MS, Store::open(&url, credentials)?).await?);
    Ok(rows)
}

fn no_credentials() -> StoreCredentials {
    StoreCredentials { access_key_id: None, secret_access_key: None, session_token: None }
}

async fn one(mongodb: &str, folder: &Path, kind: &str, bar: f64, store: Store) -> Result<Vec<Row>> {
    let client = Client::with_uri_str(mongodb).await?;
    client.database(DATABASE).drop().await?;
    client.database(DATABASE).create_collection("game_events").await?;
    let watched = Arc::new(Watched { store, chunks: Mutex::default() });
    let (engine, vault) = engine(mongodb, folder, kind, watched.clone()).await?;
    let job = follow::start(&engine).await?;
    watched.first_chunk().await;

    let acknowledged = write(&client).await?;
    let last = acknowledged.values().max().copied().context("no event was written")?;
    watched.chunk_after(last + Duration::from_secs(1)).await;
    engine.jobs().cancel(&job).await?;
    engine.jobs().wait(&job).await?;

    let stored = stored(&vault, &watched).await?;
    let mut delays: Vec<f64> = Vec::with_capacity(acknowledged.len());
    for (seq, at) in &acknowledged {
        let chunk = stored.get(seq).with_context(|| format!("event {seq} is in no chunk"))?;
        delays.push(chunk.saturating_duration_since(*at).as_secs_f64() * MS);
    }
    delays.sort_by(f64::total_cmp);
    let quantile = |q: f64| delays[((delays.len() - 1) as f64 * q) as usize];
    let chunks = watched.chunks().len() as f64;
    let span = watched.span().as_secs_f64();
    let events = acknowledged.len() as f64 / SECONDS as f64;
    Ok(vec![
        Row::plain(
            format!("event log, {kind}"),
            format!("{events:.0} events/s, median {:.0} ms", quantile(0.5)),
        ),
        Row::below(format!("event log, {kind}, p99 to acknowledged"), quantile(0.99), bar, "ms"),
        Row::below(format!("event log, {kind}, objects"), chunks / span, 4.0, "a second"),
    ])
}

async fn engine(
    mongodb: &str,
    folder: &Path,
    kind: &str,
    watched: Arc<Watched>,
) -> Result<(Engine, Vault)> {
    let profile = Profile { database: DATABASE.into(), ..Profile::default() };
    let context =
        EngineContext::new(Arc::new(SystemClock), Arc::new(SystemEntropy), "bench", "bench");
    let control = Control::open(&folder.join(format!("log-{kind}.db")), context.now_ms())?;
    let provider = PassphraseProvider::new("bench".into(), Argon2Cost::lowest());
    let vault = Vault::create(Store::with_backend(watched), &provider, vault_context()).await?;
    let connections = Connections {
        source: Some(MongoSource::connect(mongodb, &profile).await?),
        vault: Some(vault.clone()),
        environment: "test".into(),
        ..Connections::default()
    };
    Ok((Engine::new(context, connections, Arc::new(control)), vault))
}

/// Writes events at the rate; when each was acknowledged, by its number.
async fn write(client: &Client) -> Result<BTreeMap<i64, Instant>> {
    let mut writers = Vec::new();
    for writer in 0..WRITERS {
        let events = client.database(DATABASE).collection::<Document>("game_events");
        writers.push(tokio::spawn(async move {
            let each = Duration::from_secs_f64(WRITERS as f64 / RATE as f64);
            let mut ticks = tokio::time::interval(each);
            let mut acknowledged = Vec::new();
            for number in 0..SECONDS * RATE / WRITERS {
                ticks.tick().await;
                let seq = (number * WRITERS + writer) as i64;
                let event = doc! {
                    "_id": format!("01KAJ3ZV2Q8T5C4N7R1MX{seq:08}"), "gameId": format!("g{writer}"),
                    "seq": seq, "type": "VoteCast", "payload": { "seat": seq % 10, "approve": true },
                    "hash": "f".repeat(64), "prevHash": "e".repeat(64),
                };
                events.insert_one(event).await?;
                acknowledged.push((seq, Instant::now()));
            }
            anyhow::Ok(acknowledged)
        }));
    }
    let mut all = BTreeMap::new();
    for writer in writers {
        all.extend(writer.await??);
    }
    Ok(all)
}

/// When the chunk of each event was acknowledged, by the event's number.
async fn stored(vault: &Vault, watched: &Watched) -> Result<BTreeMap<i64, Instant>> {
    let log = vault.logs().await?.pop().context("there is no log")?;
    let mut reader = vault.read_log(&log.id, log.from, log.to).await?;
    let mut full = watched.chunks().into_iter().filter(|(bytes, _)| *bytes > EMPTY);
    let mut stored = BTreeMap::new();
    while let Some(batch) = reader.next_batch().await? {
        let (_, at) = full.next().context("a chunk was not seen")?;
        for record in batch {
            let operation = Operation::parse(&record.body)?;
            let document = Document::from_reader(operation.object)?;
            stored.insert(document.get_i64("seq")?, at);
        }
    }
    ensure!(full.next().is_none(), "a chunk was not read");
    Ok(stored)
}

/// Bytes of a chunk in which nothing happened, at most.
const EMPTY: usize = 330;

/// A store that notes when chunks are acknowledged.
#[derive(Debug)]
struct Watched {
    store: Store,
    chunks: Mutex<Vec<(usize, Instant)>>,
}

impl Watched {
    fn chunks(&self) -> Vec<(usize, Instant)> {
        self.chunks.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn span(&self) -> Duration {
        let chunks = self.chunks();
        match (chunks.first(), chunks.last()) {
            (Some((_, first)), Some((_, last))) => *last - *first,
            _ => Duration::from_secs(1),
        }
    }

    async fn first_chunk(&self) {
        while self.chunks().is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn chunk_after(&self, at: Instant) {
        while Instant::now() < at {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

#[async_trait]
impl Backend for Watched {
    fn location(&self) -> String {
        self.store.location()
    }

    async fn put(&self, key: &str, body: Bytes) -> Result<(), StoreError> {
        self.store.put(key, body).await
    }

    async fn put_if_absent(&self, key: &str, body: Bytes) -> Result<bool, StoreError> {
        let bytes = body.len();
        let written = self.store.put_if_absent(key, body).await?;
        if key.starts_with("log/") && written {
            let mut chunks = self.chunks.lock().unwrap_or_else(PoisonError::into_inner);
            chunks.push((bytes, Instant::now()));
        }
        Ok(written)
    }

    async fn get(&self, key: &str) -> Result<Bytes, StoreError> {
        self.store.get(key).await
    }

    /// The store beneath has read back what it wrote.
    async fn holds(&self, _: &str, _: &Bytes) -> Result<bool, StoreError> {
        Ok(true)
    }

    async fn stat(&self, key: &str) -> Result<Option<ObjectInfo>, StoreError> {
        self.store.stat(key).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        self.store.list(prefix).await
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.store.delete(key).await
    }
}
