//! Snapshots taken of games as they are played: each moment once, whatever becomes of the listener,
//! the stream and the order of events.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use avalon::event::{Envelope, Event, VoteResult};
use avalon::moment::moments;
use avalon::reducer::fold;
use avalon::snapshot::{Snapshot, SnapshotType};
use control::Control;
use engine::listen::outcome::ListenOutcome;
use engine::snapshot::outcome::{SnapshotListRequest, SnapshotRow, SnapshotShowRequest};
use engine::snapshot::{EventSource, SnapshotPolicy};
use engine::{Connections, CrashPoints, Engine, EngineContext, EngineError, listen};
use futures::TryStreamExt;
use mongodb::bson::{Document, deserialize_from_document, doc};
use redis::AsyncCommands;
use simulator::{LiveReport, Modules, Simulator, SimulatorOptions};
use source::profile::Profile;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use vault::{Clock, SystemEntropy};

use crate::support::{Stage, outcome};

pub const STREAM: &str = "avalon:events";

pub type Moments = BTreeSet<(String, &'static str, u64)>;

/// Plays games live, to their ends or until `stop`.
pub async fn play(stage: &Stage, games: Option<u64>, stop: CancellationToken) {
    let options = SimulatorOptions {
        rate: 300.0,
        live_tables: 4,
        games,
        modules: Modules::All,
        ..SimulatorOptions::default()
    };
    let (report, _reports) = watch::channel(LiveReport::default());
    service(stage, options).await.play_live(stop, report).await.unwrap();
}

pub async fn service(stage: &Stage, options: SimulatorOptions) -> Simulator {
    let (mongodb, redis) = (stage.sandbox.mongodb_uri(), stage.sandbox.redis_url());
    Simulator::new(&mongodb, &redis, Profile::default(), options).await.unwrap()
}

/// The logs of all games.
pub async fn logs(stage: &Stage) -> BTreeMap<String, Vec<Envelope>> {
    let events = stage.database().open().await.collection::<Document>("game_events");
    let found = events.find(doc! {}).sort(doc! { "gameId": 1, "seq": 1 }).await.unwrap();
    let mut logs: BTreeMap<String, Vec<Envelope>> = BTreeMap::new();
    for document in found.try_collect::<Vec<_>>().await.unwrap() {
        let envelope: Envelope = deserialize_from_document(document).unwrap();
        logs.entry(envelope.game_id.to_string()).or_default().push(envelope);
    }
    logs
}

/// The key moments of all logs.
pub fn due(logs: &BTreeMap<String, Vec<Envelope>>) -> Moments {
    let of = |(game, log): (&String, &Vec<Envelope>)| -> Vec<_> {
        moments(log)
            .map(|(moment, seq)| (game.clone(), SnapshotType::from(moment).as_str(), seq))
            .collect()
    };
    logs.iter().flat_map(of).collect()
}

/// Every snapshot.
pub async fn rows(engine: &Engine) -> Vec<SnapshotRow> {
    let mut request = SnapshotListRequest { limit: 200, ..SnapshotListRequest::default() };
    let mut rows = Vec::new();
    loop {
        let page = engine::snapshot::list(engine, &request).await.unwrap();
        rows.extend(page.snapshots);
        request.cursor = page.cursor;
        if request.cursor.is_none() {
            return rows;
        }
    }
}

/// Opens every snapshot, holds each against its game's log, and says of which moments they are.
pub async fn taken(engine: &Engine, logs: &BTreeMap<String, Vec<Envelope>>) -> Moments {
    let mut taken = Moments::new();
    for row in rows(engine).await {
        let request = SnapshotShowRequest { id: row.id.clone() };
        let view = engine::snapshot::show(engine, &request).await.unwrap();
        let snapshot: Snapshot = serde_json::from_value(view.document).unwrap();
        let info = snapshot.whole().unwrap();
        let log = &logs[&row.game];
        let until = log.iter().position(|event| event.seq == view.at_seq).unwrap();
        let state = fold(&log[..=until]).unwrap();
        assert_eq!(info.state, state, "{} of {} at {}", row.kind, row.game, view.at_seq);
        assert_eq!(info.event_hash, log[until].hash);
        assert_eq!(snapshot.metadata.version.map(|v| v.to_string()), rules(log));
        let new = taken.insert((row.game.clone(), row.kind.as_str(), view.at_seq));
        assert!(new, "{} of {} is there twice", row.kind, row.game);
    }
    taken
}

fn rules(log: &[Envelope]) -> Option<String> {
    let Event::GameCreated(created) = &log[0].event else { panic!("{:?}", log[0]) };
    created.rules_version.as_ref().map(ToString::to_string)
}

/// Waits until a listener has taken so many snapshots, then stops it.
pub async fn stop_at(engine: &Engine, job: &str, snapshots: u64) -> ListenOutcome {
    reaches(engine, job, snapshots).await;
    engine.jobs().cancel(job).await.unwrap();
    outcome(engine, job).await
}

/// Waits until a listener has taken so many.
pub async fn reaches(engine: &Engine, job: &str, snapshots: u64) {
    let mut views = engine.jobs().subscribe();
    loop {
        let view = engine.jobs().get(job).await.unwrap();
        assert!(view.finished_at.is_none(), "it ended by itself: {view:?}");
        if view.progress.is_some_and(|progress| progress.done >= snapshots) {
            break;
        }
        views.recv().await.unwrap();
    }
}

async fn redis(stage: &Stage) -> redis::aio::MultiplexedConnection {
    let client = redis::Client::open(stage.sandbox.redis_url()).unwrap();
    client.get_multiplexed_async_connection().await.unwrap()
}

pub async fn publish<'a>(stage: &Stage, events: impl IntoIterator<Item = &'a Envelope>) {
    let mut redis = redis(stage).await;
    for event in events {
        let text = serde_json::to_string(event).unwrap();
        let _: String = redis.xadd(STREAM, "*", &[("e", text)]).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn games_that_are_played_yield_each_moment_once() {
    let stage = Stage::empty().await;
    let engine = stage.engine().await;
    let job = listen::start(&engine).await.unwrap();
    assert_eq!(listen::start(&engine).await.unwrap(), job, "one listens");
    play(&stage, Some(8), CancellationToken::new()).await;
    let logs = logs(&stage).await;
    let due = due(&logs);
    let told = stop_at(&engine, &job, due.len() as u64).await;
    assert_eq!(taken(&engine, &logs).await, due);
    assert_eq!((told.source.as_str(), told.taken), ("redis", due.len() as u64));
    assert_eq!((told.not_in_log, told.unreadable), (0, 0));
    assert!(told.lag_p50_ms <= told.lag_p99_ms && told.lag_p99_ms <= told.lag_max_ms);
    assert!(told.lag_max_ms.is_some());
    // Nothing was written into a log, and no event waits to be acknowledged.
    let marks = logs.values().flatten().filter(|e| matches!(e.event, Event::SnapshotTaken(_)));
    assert_eq!(marks.count(), 0);
    let pending: redis::streams::StreamPendingReply =
        redis(&stage).await.xpending(STREAM, "avault.snapshots").await.unwrap();
    assert_eq!(pending.count(), 0);
    stage.stop().await;
}

/// A host of its own on the same servers: with a control store of its own.
async fn another(stage: &Stage, name: &str) -> Engine {
    let clock = Arc::new(vault::SystemClock);
    let context = EngineContext::new(clock, Arc::new(SystemEntropy), "tester", name);
    let control = Control::open(&stage.folder.path().join(format!("{name}.db")), 0).unwrap();
    Engine::new(context, stage.engine().await.connections(), Arc::new(control))
}

#[tokio::test(flavor = "multi_thread")]
async fn listeners_on_several_hosts_take_each_moment_once() {
    let stage = Stage::empty().await;
    let hosts = [another(&stage, "one").await, another(&stage, "two").await];
    let mut jobs = Vec::new();
    for host in &hosts {
        jobs.push(listen::start(host).await.unwrap());
    }
    play(&stage, Some(12), CancellationToken::new()).await;
    let logs = logs(&stage).await;
    let due = due(&logs);
    let mut views = [hosts[0].jobs().subscribe(), hosts[1].jobs().subscribe()];
    while rows(&hosts[0]).await.len() < due.len() {
        let [one, two] = &mut views;
        tokio::select! {
            view = one.recv() => drop(view.unwrap()),
            view = two.recv() => drop(view.unwrap()),
        }
    }
    let mut told = Vec::new();
    for (host, job) in hosts.iter().zip(&jobs) {
        host.jobs().cancel(job).await.unwrap();
        told.push(outcome::<ListenOutcome>(host, job).await);
    }
    assert_eq!(taken(&hosts[0], &logs).await, due);
    assert!(told.iter().all(|told| told.events > 0), "one of them did it all: {told:?}");
    assert!(told.iter().map(|told| told.taken).sum::<u64>() >= due.len() as u64, "{told:?}");
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_listener_that_is_killed_anywhere_leaves_no_gap_and_no_twin() {
    let stage = Stage::empty().await;
    play(&stage, Some(6), CancellationToken::new()).await;
    let logs = logs(&stage).await;
    let due = due(&logs);
    let mut left = Vec::new();
    for every in 1..=3 {
        for place in ["snapshot.kept", "snapshot.inserted", "listen.taken"] {
            let every = if place == "listen.taken" { 1 } else { every };
            let passed = AtomicU64::new(0);
            let crash = CrashPoints::new(move |at| {
                at == place && passed.fetch_add(1, Ordering::Relaxed) + 1 == every
            });
            let engine = stage.engine_with(crash).await;
            let job = listen::start(&engine).await.unwrap();
            // A killed process leaves its job open; only its work has ended.
            engine.jobs().drained().await;
            let view = engine.jobs().get(&job).await.unwrap();
            assert_eq!(view.finished_at, None, "it was not killed at {place}");
            left.push(rows(&engine).await.len());
        }
    }
    let engine = stage.engine().await;
    engine.control(|control| control.interrupt_orphans(0)).await.unwrap();
    assert!(left.iter().any(|left| (1..due.len()).contains(left)), "{left:?} of {}", due.len());
    let before = rows(&engine).await.len();
    let job = listen::start(&engine).await.unwrap();
    stop_at(&engine, &job, (due.len() - before) as u64).await;
    assert_eq!(taken(&engine, &logs).await, due);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn disorder_twins_and_nonsense_in_the_stream_do_no_harm() {
    let stage = Stage::empty().await;
    let engine = stage.engine().await;
    service(&stage, SimulatorOptions::default()).await.bulk(5).await.unwrap();
    let logs = logs(&stage).await;
    let due = due(&logs);
    // Every seventh event twice, neighbours exchanged, one game backwards.
    let mut events: Vec<&Envelope> = logs.values().skip(1).flatten().collect();
    let twins: Vec<&Envelope> = events.iter().step_by(7).copied().collect();
    events.extend(twins);
    for pair in events.chunks_mut(2) {
        pair.reverse();
    }
    events.extend(logs.values().next().unwrap().iter().rev());
    let mut redis = redis(&stage).await;
    let _: String = redis.xadd(STREAM, "*", &[("e", "{ no event")]).await.unwrap();
    let _: String = redis.xadd(STREAM, "*", &[("other", "member")]).await.unwrap();
    let mut foreign = events[0].clone();
    foreign.game_id = "nobody's".into();
    publish(&stage, events.into_iter().chain([&foreign])).await;

    let job = listen::start(&engine).await.unwrap();
    let told = stop_at(&engine, &job, due.len() as u64).await;
    assert_eq!(taken(&engine, &logs).await, due);
    assert_eq!(told.unreadable, 2);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_played_while_nobody_listened_is_taken_from_the_logs() {
    let stage = Stage::empty().await;
    let engine = stage.engine().await;
    let job = listen::start(&engine).await.unwrap();
    play(&stage, Some(2), CancellationToken::new()).await;
    let first = due(&logs(&stage).await);
    stop_at(&engine, &job, first.len() as u64).await;

    // Redis loses everything, the group with it, while others play on.
    play(&stage, Some(3), CancellationToken::new()).await;
    let () = redis(&stage).await.del(STREAM).await.unwrap();
    let logs = logs(&stage).await;
    let due = due(&logs);
    assert!(due.len() > first.len());
    let job = listen::start(&engine).await.unwrap();
    let told = stop_at(&engine, &job, (due.len() - first.len()) as u64).await;
    assert_eq!(taken(&engine, &logs).await, due);
    assert_eq!(told.missed, (due.len() - first.len()) as u64);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_stream_goes_on_where_it_was_left() {
    let stage = Stage::empty().await;
    let engine = stage.engine().await;
    let policy =
        SnapshotPolicy { source: Some(EventSource::ChangeStream), ..SnapshotPolicy::default() };
    let without_redis = Connections { redis: None, snapshots: policy, ..engine.connections() };
    engine.connect(without_redis);
    let job = listen::start(&engine).await.unwrap();
    play(&stage, Some(3), CancellationToken::new()).await;
    let first = due(&logs(&stage).await);
    let told = stop_at(&engine, &job, first.len() as u64).await;
    assert_eq!(told.source, "change_stream");

    play(&stage, Some(3), CancellationToken::new()).await;
    let logs = logs(&stage).await;
    let due = due(&logs);
    let job = listen::start(&engine).await.unwrap();
    let told = stop_at(&engine, &job, (due.len() - first.len()) as u64).await;
    assert_eq!(taken(&engine, &logs).await, due);
    assert!(told.events > 0, "it was told of nothing: {told:?}");
    stage.stop().await;
}

#[derive(Clone)]
struct Shifted(Arc<AtomicI64>);

impl Clock for Shifted {
    fn now_ms(&self) -> i64 {
        vault::SystemClock.now_ms() + self.0.load(Ordering::Relaxed)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_game_that_goes_on_is_taken_again_after_the_interval() {
    let stage = Stage::empty().await;
    let shift = Arc::new(AtomicI64::new(0));
    let clock = Arc::new(Shifted(Arc::clone(&shift)));
    let context = EngineContext::new(clock, Arc::new(SystemEntropy), "tester", "test");
    let control = Control::open(&stage.folder.path().join("shifted.db"), 0).unwrap();
    let engine = Engine::new(context, stage.engine().await.connections(), Arc::new(control));
    let stop = CancellationToken::new();
    let playing = tokio::spawn({
        let options = SimulatorOptions { rate: 200.0, ..SimulatorOptions::default() };
        let (service, stop) = (service(&stage, options).await, stop.clone());
        let (report, mut reports) = watch::channel(LiveReport::default());
        let playing = tokio::spawn(async move { service.play_live(stop, report).await });
        async move {
            reports.wait_for(|report| report.events > 150).await.unwrap();
            playing
        }
    });
    let playing = playing.await.unwrap();
    stop.cancel();
    playing.await.unwrap().unwrap();
    let logs = logs(&stage).await;
    let games = stage.database().open().await.collection::<Document>("games");
    let live: Vec<Document> = games.find(doc! {}).await.unwrap().try_collect().await.unwrap();
    assert!(!live.is_empty());
    // Those whose last event was no key moment went on since.
    let went_on = |game: &&Document| {
        let log = &logs[game.get_str("_id").unwrap()];
        moments(log).last().unwrap().1 < log.last().unwrap().seq
    };
    let expected = live.iter().filter(went_on).count();
    let due = due(&logs).len();
    let job = listen::start(&engine).await.unwrap();
    let mut views = engine.jobs().subscribe();
    while engine.jobs().get(&job).await.unwrap().progress.is_none_or(|p| p.done < due as u64) {
        views.recv().await.unwrap();
    }
    assert_eq!(rows(&engine).await.len(), due, "no interval has passed");
    shift.store(5 * 60_000, Ordering::Relaxed);
    while engine
        .jobs()
        .get(&job)
        .await
        .unwrap()
        .progress
        .is_none_or(|p| p.done < (due + expected) as u64)
    {
        views.recv().await.unwrap();
    }
    // They did not go on since: another interval takes nothing.
    shift.store(11 * 60_000, Ordering::Relaxed);
    let told = stop_at(&engine, &job, (due + expected) as u64).await;
    assert_eq!(told.interval, expected as u64);
    let taken = taken(&engine, &logs).await;
    let interval = taken.iter().filter(|(_, kind, _)| *kind == "interval");
    assert!(interval.clone().all(|(game, _, seq)| logs[game].last().unwrap().seq == *seq));
    assert_eq!(interval.count(), expected);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn players_who_opted_in_have_votes_and_lost_connections_taken_too() {
    let stage = Stage::empty().await;
    let engine = stage.engine().await;
    service(&stage, SimulatorOptions { modules: Modules::All, ..SimulatorOptions::default() })
        .await
        .bulk(12)
        .await
        .unwrap();
    let logs = logs(&stage).await;
    let rejected = |log: &&Vec<Envelope>| {
        let closed = |e: &&Envelope| matches!(&e.event, Event::TeamVoteClosed(c) if c.result == VoteResult::Rejected);
        log.iter().filter(closed).count()
    };
    let (game, log) = logs.iter().max_by_key(|(_, log)| rejected(log)).unwrap();
    assert!(rejected(&log) > 0);
    let player = fold(log).unwrap().seats[0].to_string();
    let users = stage.database().open().await.collection::<Document>("users");
    let opt_in = doc! { "$set": { "settings": { "autoSnapshot": true } } };
    let changed = users.update_one(doc! { "_id": &player }, opt_in).await.unwrap();
    assert_eq!(changed.modified_count, 1);
    let gone = log.iter().filter(|e| {
        matches!(&e.event, Event::PlayerDisconnected(gone) if gone.player_id.as_str() == player)
    });
    let expected = rejected(&log) + gone.count();
    publish(&stage, log).await;
    let job = listen::start(&engine).await.unwrap();
    let all = expected + moments(log).count();
    stop_at(&engine, &job, all as u64).await;
    let taken = taken(&engine, &logs).await;
    let players = taken.iter().filter(|(of, kind, _)| of == game && *kind == "player");
    assert_eq!(players.count(), expected);
    stage.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_redis_or_a_vault_it_says_what_is_missing() {
    let stage = Stage::empty().await;
    let engine = stage.engine().await;
    engine.connect(Connections { vault: None, ..engine.connections() });
    let refused = listen::start(&engine).await.unwrap_err();
    assert!(matches!(refused, EngineError::NotConnected { what: "vault" }), "{refused}");
    stage.stop().await;
}
