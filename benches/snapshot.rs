//! Snapshots: taken beside live play, of ten thousand games, found among a million, opened and
//! compared.

mod kept;
mod many;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use engine::control::Control;
use engine::diff::outcome::{DiffRequest, GameAt};
use engine::games::outcome::{
    GameListRequest, GamePage, GamePlace, GameRow, GameShowRequest, GameStatus,
};
use engine::listen::outcome::ListenOutcome;
use engine::snapshot::SnapshotPolicy;
use engine::source::mongo::MongoSource;
use engine::source::profile::Profile;
use engine::source::redis_source::RedisSource;
use engine::vault::{
    Argon2Cost, PassphraseProvider, Store, StoreCredentials, StoreUrl, SystemClock, SystemEntropy,
    Vault,
};
use engine::{Connections, Engine, EngineContext, listen};
use sandbox::{Sandbox, SandboxOptions};
use serde::de::DeserializeOwned;
use simulator::{LiveReport, Simulator, SimulatorOptions};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::context::vault_context;
use crate::report::Row;

/// Events a second of live play that are asked for, and how long it is watched: tables that wait for
/// each other play up to a third less.
const RATE: f64 = 740.0;
const SECONDS: u64 = 30;
/// Tables that play them.
const TABLES: usize = 128;
/// Moments that are opened and compared.
const SHOWN: usize = 200;
const MS: f64 = 1_000.0;

/// Measures on servers of its own.
pub async fn measure(folder: &Path) -> Result<Vec<Row>> {
    let options = SandboxOptions { cache_gb: 4.0, oplog_mb: 2_000, ..SandboxOptions::default() };
    let sandbox = Sandbox::start(options).await?;
    let engine = engine(&sandbox, folder).await?;
    many::play(&sandbox).await?;
    let mut rows = live(&sandbox, &engine).await?;
    let logged = kept::logged(&sandbox, &engine).await?;
    rows.extend(many::measure(&sandbox, &engine).await?);
    rows.extend(moments(&engine).await?);
    rows.extend(kept::measure(&engine, &logged).await?);
    drop(engine);
    sandbox.stop().await?;
    Ok(rows)
}

async fn engine(sandbox: &Sandbox, folder: &Path) -> Result<Engine> {
    let context =
        EngineContext::new(Arc::new(SystemClock), Arc::new(SystemEntropy), "bench", "bench");
    let control = Control::open(&folder.join("snapshots.db"), context.now_ms())?;
    let url = StoreUrl::Folder(folder.join("snapshots"));
    let store = Store::open(&url, StoreCredentials::default())?;
    let provider = PassphraseProvider::new("bench".into(), Argon2Cost::lowest());
    let connections = Connections {
        source: Some(MongoSource::connect(&sandbox.mongodb_uri(), &Profile::default()).await?),
        redis: Some(RedisSource::connect(&sandbox.redis_url()).await?),
        vault: Some(Vault::create(store, &provider, vault_context()).await?),
        environment: "test".into(),
        // What is measured is the key moments.
        snapshots: SnapshotPolicy { interval_minutes: 0, ..SnapshotPolicy::default() },
        ..Connections::default()
    };
    Ok(Engine::new(context, connections, Arc::new(control)))
}

/// A service that plays, and its snapshots a moment later.
async fn live(sandbox: &Sandbox, engine: &Engine) -> Result<Vec<Row>> {
    let job = listen::start(engine).await?;
    let events = play(sandbox).await?;
    // What was told last is taken within a moment.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let outcome: ListenOutcome = ended(engine, &job).await?;
    let lag = |ms: Option<u64>| ms.map_or(f64::NAN, |ms| ms as f64);
    Ok(vec![
        Row::plain(
            "snapshots beside live play",
            format!(
                "{:.0} events/s, {} snapshots, median {:.0} ms, longest {:.0} ms",
                events as f64 / SECONDS as f64,
                outcome.taken,
                lag(outcome.lag_p50_ms),
                lag(outcome.lag_max_ms),
            ),
        ),
        Row::below("event to durable snapshot, p99", lag(outcome.lag_p99_ms), 200.0, "ms"),
    ])
}

/// Plays for a while, and tells how many events that made.
async fn play(sandbox: &Sandbox) -> Result<u64> {
    let options =
        SimulatorOptions { rate: RATE, live_tables: TABLES, ..SimulatorOptions::default() };
    let (mongodb, redis) = (sandbox.mongodb_uri(), sandbox.redis_url());
    let service = Simulator::new(&mongodb, &redis, Profile::default(), options).await?;
    let stop = CancellationToken::new();
    let (report, reports) = watch::channel(LiveReport::default());
    let playing = tokio::spawn({
        let stop = stop.clone();
        async move { service.play_live(stop, report).await }
    });
    tokio::time::sleep(Duration::from_secs(SECONDS)).await;
    let events = reports.borrow().events;
    stop.cancel();
    playing.await??;
    Ok(events)
}

/// What a job that goes on by itself leaves when it is told to end.
async fn ended<T: DeserializeOwned>(engine: &Engine, job: &str) -> Result<T> {
    engine.jobs().cancel(job).await?;
    finished(engine, job).await
}

async fn finished<T: DeserializeOwned>(engine: &Engine, job: &str) -> Result<T> {
    let view = engine.jobs().wait(job).await?;
    Ok(serde_json::from_value(view.outcome.context("the job left no outcome")?)?)
}

/// A page of finished games, the newest first.
async fn page(engine: &Engine, cursor: Option<String>, limit: usize) -> Result<GamePage> {
    let request = GameListRequest {
        status: GameStatus::Finished,
        search: String::new(),
        cursor,
        limit: limit as u32,
    };
    Ok(engine::games::list(engine, &request).await?)
}

/// Finished games of all times, as far apart as there are games: the newest of each page.
async fn games(engine: &Engine) -> Result<Vec<GameRow>> {
    let (mut chosen, mut cursor) = (Vec::new(), None);
    loop {
        let page = page(engine, cursor, many::GAMES as usize / SHOWN).await?;
        chosen.extend(page.games.into_iter().next());
        cursor = page.cursor;
        if cursor.is_none() {
            return Ok(chosen);
        }
    }
}

/// Any moment of any game through anybody's eyes, and two compared.
async fn moments(engine: &Engine) -> Result<Vec<Row>> {
    let games = games(engine).await?;
    let (mut opened, mut compared) = (Vec::new(), Vec::new());
    for (number, game) in games.iter().enumerate() {
        let seq = 1 + (number as u64 * 7) % game.seq.max(1);
        let viewer = if number % 2 == 0 { "god" } else { "audience" };
        let at = |seq| show(engine, &game.id, seq, viewer, GamePlace::default());
        at(1).await?;
        opened.push(at(seq).await?);
        let at =
            |seq| GameAt { game: game.id.clone(), seq: Some(seq), place: GamePlace::default() };
        let viewer = "god".to_owned();
        let request = DiffRequest { before: at(seq), after: at(game.seq), viewer };
        let begun = Instant::now();
        engine::diff::diff(engine, &request).await?;
        compared.push(begun.elapsed());
    }
    Ok(vec![
        Row::below("any moment of a game, p99", quantile(&mut opened, 0.99), 30.0, "ms"),
        Row::plain(
            "two moments read and compared, p99",
            format!("{:.1} ms", quantile(&mut compared, 0.99)),
        ),
    ])
}

/// How long one moment of a game takes.
async fn show(
    engine: &Engine,
    game: &str,
    seq: u64,
    viewer: &str,
    place: GamePlace,
) -> Result<Duration> {
    let request = GameShowRequest {
        id: game.to_owned(),
        seq: Some(seq),
        viewer: viewer.to_owned(),
        moment_only: false,
        place,
    };
    let begun = Instant::now();
    engine::games::show(engine, &request).await?;
    Ok(begun.elapsed())
}

/// The duration, in milliseconds, that a share of these does not exceed.
fn quantile(took: &mut [Duration], share: f64) -> f64 {
    took.sort();
    let place = ((took.len().saturating_sub(1)) as f64 * share) as usize;
    took.get(place).map_or(f64::NAN, |took| took.as_secs_f64() * MS)
}
