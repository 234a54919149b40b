//! BK-2: the policy is carried out by the engine's clock. Hour by hour, the runs that are started on
//! a real server are those that the simulation of the same hours foretells.

use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use acceptance::console::{Console, Parts, QuickTimer, WrongClock};
use acceptance::service::DATABASE;
use async_trait::async_trait;
use bytes::Bytes;
use engine::backup::outcome::{BackupRequest, BackupView, Method};
use engine::job::{JobState, JobView, Verb};
use engine::retention::{Policy, Scenario, TierMethod, simulate};
use engine::schedule::outcome::ScheduleOutcome;
use engine::snapshot::SnapshotPolicy;
use engine::{Connections, follow, listen, schedule};
use mongodb::bson::{Document, doc};
use mongodb::{Client, Database};
use sandbox::{RedisTopology, Sandbox, SandboxOptions};
use source::profile::DataClass;
use tokio::sync::Notify;
use vault::store::{Backend, ObjectInfo, StoreError};
use vault::{Clock, SystemClock};

const HOUR_MS: i64 = 3_600_000;
/// 2028-02-28, a Monday.
const MONDAY: i64 = 1_835_308_800_000;
/// A day and a quarter: hourly increments, the change of the day, and a new chain with it.
const HOURS: i64 = 30;
/// Nothing runs in these hours.
const AWAY: Range<i64> = 9..12;
/// The configuration changes just before these hours.
const CHANGES: [i64; 2] = [5, 20];

async fn servers() -> (Sandbox, Database) {
    let options = SandboxOptions { redis: RedisTopology::None, ..SandboxOptions::default() };
    let servers = Sandbox::start(options).await.expect("a private server starts");
    let client = Client::with_uri_str(servers.mongodb_uri()).await.expect("a client");
    let database = client.database(DATABASE);
    for name in ["users", "rooms", "games", "game_history", "stats", "config"] {
        let documents = (0..20).map(|at| doc! { "_id": format!("{name}{at}"), "value": at });
        database.collection::<Document>(name).insert_many(documents).await.expect("documents");
    }
    (servers, database)
}

async fn change(database: &Database, collection: &str, value: i64) {
    let change = doc! { "$set": { "value": value } };
    let documents = database.collection::<Document>(collection);
    documents.update_many(doc! {}, change).await.expect("a change");
}

/// What a job does, class by class, told as the simulation tells it.
async fn runs_of(console: &Console, job: &str) -> Vec<(DataClass, TierMethod, bool)> {
    let name = job.to_owned();
    let record = console.engine.control(move |control| control.job(&name)).await;
    let record = record.expect("the control store").expect("the job");
    assert_ne!(record.verb, Verb::Listen.name());
    if record.verb == Verb::Follow.name() {
        return vec![(DataClass::Active, TierMethod::EventLog, false)];
    }
    let request: BackupRequest = serde_json::from_value(record.request).expect("a request");
    let method = match request.method {
        Method::Full | Method::Synthetic => TierMethod::Full,
        Method::Incremental => TierMethod::Incremental,
        Method::Differential => TierMethod::Differential,
    };
    let synthetic = request.method == Method::Synthetic;
    request.classes.into_iter().map(|class| (class, method, synthetic)).collect()
}

/// Stops what goes on by itself: the follower of the event log and the listener.
async fn stop_standing(console: &Console) {
    let follower = follow::running(&console.engine).await.expect("the jobs");
    let listener = listen::running(&console.engine).await.expect("the jobs");
    for job in follower.into_iter().chain(listener) {
        console.cancel(&job.id).await.expect("it is asked to stop");
        console.ended(&job.id).await;
    }
}

/// No snapshot is taken by itself: no listener is started.
fn take_no_snapshots(console: &Console) {
    let (moments, interval_minutes, players) = (BTreeSet::new(), 0, false);
    let snapshots =
        SnapshotPolicy { moments, interval_minutes, players, ..SnapshotPolicy::default() };
    console.engine.connect(Connections { snapshots, ..console.engine.connections() });
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_02_what_is_started_is_what_the_simulation_foretells() {
    let (servers, database) = servers().await;
    let clock = Arc::new(WrongClock::default());
    let parts = Parts { clock: clock.clone(), ..Parts::on(&servers.mongodb_uri()) };
    let console = Console::new(parts, |store| store).await;
    take_no_snapshots(&console);
    let policy = Policy::default();
    let mut happened = BTreeSet::new();
    for hour in 0..HOURS {
        clock.set(MONDAY + hour * HOUR_MS - SystemClock.now_ms());
        change(&database, "rooms", hour).await;
        if CHANGES.contains(&hour) {
            change(&database, "config", hour).await;
        }
        if AWAY.contains(&hour) {
            stop_standing(&console).await;
            continue;
        }
        for job in schedule::tick(&console.engine, &policy).await.expect("a tick") {
            let runs = runs_of(&console, &job).await;
            let follows = runs.iter().any(|(_, method, _)| *method == TierMethod::EventLog);
            happened.extend(runs.into_iter().map(|run| (hour, run)));
            if !follows {
                let ended = console.ended(&job).await;
                assert_eq!(ended.state, JobState::Done, "hour {hour}: {:?}", ended.error);
            }
        }
        // What was started is not due any more.
        let again = schedule::tick(&console.engine, &policy).await.expect("a tick");
        assert_eq!(again, Vec::<String>::new(), "hour {hour}");
    }
    let scenario = Scenario {
        start_ms: MONDAY,
        days: 2,
        changes_ms: CHANGES.map(|hour| MONDAY + hour * HOUR_MS).to_vec(),
        away_ms: vec![MONDAY + AWAY.start * HOUR_MS..MONDAY + AWAY.end * HOUR_MS],
    };
    let foretold: BTreeSet<_> = simulate(&policy, &scenario)
        .runs
        .into_iter()
        .map(|run| ((run.at_ms - MONDAY) / HOUR_MS, run.due))
        .filter(|(hour, _)| *hour < HOURS)
        .map(|(hour, due)| (hour, (due.class, due.method, due.synthetic)))
        .collect();
    assert_eq!(happened, foretold);
    stop_standing(&console).await;
    servers.stop().await.expect("it stops");
}

/// A store in which the first entry of a ledger is written when the test says so, and a look for it that
/// found nothing comes back when the test says so.
#[derive(Debug)]
struct Held {
    inner: Arc<dyn Backend>,
    write: Gate,
    look: Gate,
}

/// Where somebody waits once it is shut.
#[derive(Debug, Default)]
struct Gate {
    shut: AtomicBool,
    reached: Notify,
    opened: Notify,
}

impl Gate {
    async fn pass(&self) {
        if self.shut.swap(false, Ordering::SeqCst) {
            self.reached.notify_one();
            self.opened.notified().await;
        }
    }
}

fn is_first_entry(key: &str) -> bool {
    key.starts_with("ledger/") && key.ends_with("/0000000001")
}

#[async_trait]
impl Backend for Held {
    fn location(&self) -> String {
        self.inner.location()
    }

    async fn put(&self, key: &str, body: Bytes) -> Result<(), StoreError> {
        self.inner.put(key, body).await
    }

    async fn put_if_absent(&self, key: &str, body: Bytes) -> Result<bool, StoreError> {
        if is_first_entry(key) {
            self.write.pass().await;
        }
        self.inner.put_if_absent(key, body).await
    }

    async fn get(&self, key: &str) -> Result<Bytes, StoreError> {
        let found = self.inner.get(key).await;
        if is_first_entry(key) && found.is_err() {
            self.look.pass().await;
        }
        found
    }

    async fn stat(&self, key: &str) -> Result<Option<ObjectInfo>, StoreError> {
        self.inner.stat(key).await
    }

    async fn list(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        self.inner.list(prefix).await
    }

    async fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.inner.delete(key).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_02_a_backup_that_ends_while_the_store_is_read_is_not_taken_twice() {
    let (servers, _database) = servers().await;
    let mut held = None;
    let console = Console::new(Parts::on(&servers.mongodb_uri()), |inner| {
        let store = Arc::new(Held { inner, write: Gate::default(), look: Gate::default() });
        held = Some(store.clone());
        store
    })
    .await;
    let held = held.expect("the store");
    take_no_snapshots(&console);
    // Nor is an event log followed: nobody but backups and ticks looks at the store.
    let policy = Policy { active: Policy::default().accounts, ..Policy::default() };
    held.write.shut.store(true, Ordering::SeqCst);
    let first = schedule::tick(&console.engine, &policy).await.expect("what is due");
    held.write.reached.notified().await;
    // The second look at the store finds no set, and goes on when the first backup has ended.
    held.look.shut.store(true, Ordering::SeqCst);
    let engine = console.engine.clone();
    let second = tokio::spawn(async move { schedule::tick(&engine, &policy).await });
    held.look.reached.notified().await;
    held.write.opened.notify_one();
    let [backup] = &first[..] else { panic!("one backup of all classes, and not {first:?}") };
    assert_eq!(console.ended(backup).await.state, JobState::Done);
    held.look.opened.notify_one();
    let again = second.await.expect("a tick").expect("what is due");
    assert_eq!(again, Vec::<String>::new());
    assert_eq!(console.listed().await.len(), 1);
    servers.stop().await.expect("it stops");
}

/// What is listed, newest first, but the base that the event log's follower takes by itself at some
/// time: only it holds games being played, which the policy takes by the log.
async fn taken_by_policy(console: &Console) -> Vec<BackupView> {
    let mut sets = engine::backup::list(&console.engine).await.expect("a list");
    sets.retain(|set| !set.classes.contains(&DataClass::Active));
    sets
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_02_the_policy_is_carried_out_until_it_is_asked_to_stop() {
    let (servers, database) = servers().await;
    let uri = servers.mongodb_uri();
    let parts = Parts { timer: Arc::new(QuickTimer::new(600)), ..Parts::on(&uri) };
    let console = Console::new(parts, |store| store).await;
    let policy: schedule::PolicySource = Arc::new(|| Box::pin(async { Ok(Policy::default()) }));
    let job = schedule::start(&console.engine, policy.clone()).await.expect("a job");
    // There is one at a time.
    assert_eq!(schedule::start(&console.engine, policy).await.expect("a job"), job);
    let taken = |many: usize| {
        let console = &console;
        async move {
            while taken_by_policy(console).await.len() < many {
                let mut events = console.engine.jobs().subscribe();
                let _ = tokio::time::timeout(std::time::Duration::from_millis(200), events.recv())
                    .await;
            }
        }
    };
    taken(1).await;
    change(&database, "config", 77).await;
    taken(2).await;
    assert!(listen::running(&console.engine).await.expect("the jobs").is_some());
    stop_standing(&console).await;
    console.cancel(&job).await.expect("it is asked to stop");
    let ended: JobView = console.ended(&job).await;
    let outcome: ScheduleOutcome =
        serde_json::from_value(ended.outcome.expect("an outcome")).expect("its type");
    assert!(outcome.started >= 4 && outcome.failures == 0, "{outcome:?}");
    let newest = taken_by_policy(&console).await.remove(0);
    assert_eq!(newest.classes, [DataClass::Configuration]);
    stop_standing(&console).await;
    servers.stop().await.expect("it stops");
}
