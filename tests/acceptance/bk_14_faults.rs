//! BK-14, BK-13, FI-2, FI-3: a full disk, a slow store, a server that dies, a network that is cut and
//! clocks that jump, on a real server. Nothing half-written is ever listed.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use acceptance::console::{Console, Parts, QuickTimer, WrongClock, has_line};
use acceptance::proxy::Proxy;
use acceptance::service::{DATABASE, Service, binary, mongod_port};
use engine::backup::outcome::BackupDetail;
use engine::impact::Impact;
use engine::job::{JobState, JobView};
use engine::retention::{self, Policy};
use mongodb::Client;
use mongodb::bson::{Document, doc};
use sandbox::{RedisTopology, Sandbox, SandboxOptions};
use serde_json::Value;
use tokio::process::Command;
use vault::testing::{FullStore, SlowStore};

const MIB: u64 = 1 << 20;
/// Much longer than anything here may take.
const PATIENCE: Duration = Duration::from_secs(120);

async fn server() -> Sandbox {
    let options = SandboxOptions { redis: RedisTopology::None, ..SandboxOptions::default() };
    Sandbox::start(options).await.expect("a private server starts")
}

/// Documents of about a kilobyte each that do not compress to nothing.
async fn fill(uri: &str, many: i32) {
    let client = Client::with_uri_str(uri).await.expect("a client");
    let users = client.database(DATABASE).collection::<Document>("users");
    for from in (0..many).step_by(5_000) {
        users.insert_many((from..many.min(from + 5_000)).map(user)).await.expect("users");
    }
}

fn user(at: i32) -> Document {
    let mut mixed = u64::try_from(at).unwrap_or_default().wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let mut text = String::with_capacity(960);
    while text.len() < 940 {
        mixed = mixed.rotate_left(23).wrapping_mul(0xD6E8_FEB8_6659_FD93) ^ 0x5851;
        text.push_str(&format!("{mixed:016x}"));
    }
    doc! { "_id": at, "text": text }
}

fn has_read(bytes: u64) -> impl Fn(&JobView) -> bool {
    move |job| job.progress.as_ref().is_some_and(|now| now.done >= bytes)
}

fn waits_for_space(job: &JobView) -> bool {
    job.progress.as_ref().is_some_and(|now| now.phase == "waiting_for_space")
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_14_a_full_store_makes_the_backup_wait_until_there_is_space() {
    let servers = server().await;
    fill(&servers.mongodb_uri(), 20_000).await;
    let mut full = None;
    let timer = Arc::new(QuickTimer::new(200));
    let parts = Parts { timer, ..Parts::on(&servers.mongodb_uri()) };
    let console =
        Console::new(parts, |inner| full.insert(Arc::new(FullStore::new(inner, 4 * MIB))).clone())
            .await;
    let full = full.expect("the store");
    let job = console.start(None).await;
    full.refused().await;
    let waiting = console.until(&job, waits_for_space).await;
    assert_eq!(waiting.state, JobState::Running);
    assert!(has_line(&waiting, "backup.out_of_space"), "{:?}", waiting.log);
    assert!(console.listed().await.is_empty());
    full.free(500 * MIB);
    let backup: BackupDetail = console.outcome(&job).await;
    let ended = console.ended(&job).await;
    assert!(has_line(&ended, "backup.space_again"), "{:?}", ended.log);
    assert!(!ended.progress.is_some_and(|now| now.phase == "waiting_for_space"));
    assert_eq!(console.listed().await, [backup.summary.id.clone()]);
    console.assert_is_live(&backup.summary.id).await;
    servers.stop().await.expect("it stops");
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_14_a_backup_that_waits_for_space_is_stopped_at_once_and_gone_on_with() {
    let servers = server().await;
    fill(&servers.mongodb_uri(), 20_000).await;
    let mut full = None;
    let console = Console::new(Parts::on(&servers.mongodb_uri()), |inner| {
        full.insert(Arc::new(FullStore::new(inner, 4 * MIB))).clone()
    })
    .await;
    let full = full.expect("the store");
    let job = console.start(None).await;
    console.until(&job, waits_for_space).await;
    console.cancel(&job).await.expect("it is asked to stop");
    let ended = tokio::time::timeout(Duration::from_secs(5), console.ended(&job)).await;
    assert_eq!(ended.expect("it stops").state, JobState::Cancelled);
    assert!(console.listed().await.is_empty());
    full.free(500 * MIB);
    let backup = console.back_up().await;
    console.assert_is_live(&backup.summary.id).await;
    servers.stop().await.expect("it stops");
}

/// The command line on a real small file system, in a name space of its own so that no privilege is
/// needed.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn fi_03_a_full_disk_is_waited_out() {
    const SCRIPT: &str = r#"
        set -e
        store=$1 free=$2 listed=$3; shift 3
        mkdir -p "$store"
        mount -t tmpfs -o size=12m tmpfs "$store"
        "$@" init --store "$store" >&2
        ( while ! [ -e "$free" ]; do sleep 0.05; done
          "$@" --json backup list >"$listed"
          mount -o remount,size=300m "$store" ) >/dev/null &
        "$@" --json backup create
        wait
        "$@" backup verify latest --level 3 >&2
    "#;
    let service = Service::start().await;
    fill(&service.sandbox.mongodb_uri(), 30_000).await;
    let (free, listed) = (service.folder().join("free"), service.folder().join("listed"));
    let home = service.folder().join("home");
    let child = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-c", SCRIPT, "sh"])
        .args([service.store(), free.clone(), listed.clone(), binary("avault")])
        .arg("--config")
        .arg(service.folder().join("avault.toml"))
        .arg("--home")
        .arg(&home)
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("unshare runs");
    let mut ended = tokio::spawn(child.wait_with_output());
    let job = tokio::select! {
        job = until_it_waits(&home) => job,
        early = &mut ended => {
            let output = early.expect("a task").expect("an end");
            let said = String::from_utf8_lossy(&output.stderr);
            panic!("it ended without waiting (are user name spaces allowed here?): {said}");
        }
    };
    assert_eq!(job.state, JobState::Running);
    assert!(has_line(&job, "backup.out_of_space"), "{job:?}");
    std::fs::write(&free, "").expect("a word");
    let output = tokio::time::timeout(PATIENCE, ended).await.expect("it ends");
    let output = output.expect("a task").expect("an end");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(std::fs::read_to_string(&listed).expect("a list").trim(), "");
    let backup: Value = serde_json::from_slice(&output.stdout).expect("a backup");
    assert_eq!(backup["summary"]["documents"], 30_000);
    service.stop().await;
}

/// The job of another process, once it waits for space.
#[cfg(target_os = "linux")]
async fn until_it_waits(home: &Path) -> JobView {
    let mut looks = tokio::time::interval(Duration::from_millis(100));
    let waiting = async {
        loop {
            looks.tick().await;
            let Ok(control) = control::Control::open(&home.join("control.db"), 0) else { continue };
            let context = engine::EngineContext::new(
                Arc::new(vault::SystemClock),
                Arc::new(vault::SystemEntropy),
                "look",
                "test",
            );
            let runner = engine::jobs::JobRunner::new(context, Arc::new(control));
            let jobs = runner.list(5).await.unwrap_or_default();
            if let Some(job) = jobs.into_iter().find(waits_for_space) {
                return job;
            }
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("it waits for space")
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_13_a_server_that_is_killed_and_comes_back_is_read_on() {
    let mut servers = server().await;
    let uri = servers.mongodb_uri();
    fill(&uri, 16_000).await;
    let console = Console::new(Parts::on(&uri), |store| store).await;
    let job = console.start(Some(Impact::Fixed { max_read: 4_000_000 })).await;
    console.until(&job, has_read(4_000_000)).await;
    servers.kill_mongod(0).await.expect("it dies");
    servers.restart_mongod(0).await.expect("it comes back");
    fill_more(&uri).await;
    let backup: BackupDetail = console.outcome(&job).await;
    console.assert_is_live(&backup.summary.id).await;
    servers.stop().await.expect("it stops");
}

/// What is written while a backup is under way.
async fn fill_more(uri: &str) {
    let client = Client::with_uri_str(uri).await.expect("a client");
    let users = client.database(DATABASE).collection::<Document>("users");
    users.update_one(doc! { "_id": 3 }, doc! { "$set": { "text": "new" } }).await.expect("new");
    users.delete_one(doc! { "_id": 15_999 }).await.expect("less");
    users.insert_one(doc! { "_id": -1 }).await.expect("more");
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_13_a_server_that_is_gone_ends_the_backup_and_the_next_goes_on() {
    let mut servers = server().await;
    let uri = format!("{}&serverSelectionTimeoutMS=500", servers.mongodb_uri());
    fill(&uri, 16_000).await;
    let console = Console::new(Parts::on(&uri), |store| store).await;
    let job = console.start(Some(Impact::Fixed { max_read: 4_000_000 })).await;
    console.until(&job, has_read(4_000_000)).await;
    servers.kill_mongod(0).await.expect("it dies");
    let ended = tokio::time::timeout(PATIENCE, console.ended(&job)).await.expect("it ends");
    assert_eq!(ended.state, JobState::Failed);
    assert_eq!(ended.error.expect("an error").code, "server_unreachable");
    assert!(console.listed().await.is_empty());
    servers.restart_mongod(0).await.expect("it comes back");
    fill_more(&uri).await;
    let job = console.start(None).await;
    let backup: BackupDetail = console.outcome(&job).await;
    assert!(has_line(&console.ended(&job).await, "backup.resumed"));
    console.assert_is_live(&backup.summary.id).await;
    servers.stop().await.expect("it stops");
}

/// A backup whose network `fails` half-way and is whole again a while later.
async fn through_a_network_that(fails: impl Fn(&Proxy)) {
    let servers = server().await;
    fill(&servers.mongodb_uri(), 16_000).await;
    let proxy = Proxy::to(mongod_port(&servers)).await;
    let uri = format!(
        "mongodb://127.0.0.1:{}/?directConnection=true&connectTimeoutMS=1000\
         &heartbeatFrequencyMS=500&serverSelectionTimeoutMS=2000",
        proxy.port()
    );
    let console = Console::new(Parts::on(&uri), |store| store).await;
    let job = console.start(Some(Impact::Fixed { max_read: 4_000_000 })).await;
    console.until(&job, has_read(4_000_000)).await;
    fails(&proxy);
    fill_more(&servers.mongodb_uri()).await;
    // As long as it takes until the reader has noticed: it makes no progress.
    let mut done = 0;
    loop {
        tokio::time::sleep(Duration::from_secs(2)).await;
        let now = console.engine.jobs().get(&job).await.expect("the job");
        let read = now.progress.map_or(0, |now| now.done);
        if read == done {
            break;
        }
        done = read;
    }
    proxy.heal();
    let ended = tokio::time::timeout(PATIENCE, console.ended(&job)).await.expect("it ends");
    assert_eq!(ended.state, JobState::Done, "{:?}", ended.error);
    let backup: BackupDetail = console.outcome(&job).await;
    console.assert_is_live(&backup.summary.id).await;
    drop(proxy);
    servers.stop().await.expect("it stops");
}

#[tokio::test(flavor = "multi_thread")]
async fn fi_02_a_cut_network_is_waited_out() {
    through_a_network_that(Proxy::cut).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn fi_02_a_network_that_swallows_everything_is_noticed() {
    through_a_network_that(Proxy::fall_silent).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_14_a_slow_store_holds_reading_back_instead_of_filling_memory() {
    let servers = server().await;
    fill(&servers.mongodb_uri(), 60_000).await;
    let mut slow = None;
    let console = Console::new(Parts::on(&servers.mongodb_uri()), |inner| {
        slow.insert(Arc::new(SlowStore::new(inner, Duration::from_millis(250)))).clone()
    })
    .await;
    let slow = slow.expect("the store");
    let backup = console.back_up().await;
    assert!(backup.summary.bytes > 50 * MIB, "{}", backup.summary.bytes);
    let most = vault::Resources::default().sealing_bytes as u64;
    assert!(slow.most_under_way() <= most, "{} bytes under way", slow.most_under_way());
    console.assert_is_live(&backup.summary.id).await;

    // One that never comes to an end does not hold up whoever wants to stop.
    let client = Client::with_uri_str(servers.mongodb_uri()).await.expect("a client");
    let users = client.database(DATABASE).collection::<Document>("users");
    users.update_many(doc! {}, doc! { "$set": { "round": 2 } }).await.expect("changes");
    slow.hang();
    let job = console.start(None).await;
    slow.hung().await;
    console.cancel(&job).await.expect("it is asked to stop");
    let ended = tokio::time::timeout(Duration::from_secs(5), console.ended(&job)).await;
    assert_eq!(ended.expect("it stops").state, JobState::Cancelled);
    assert_eq!(console.listed().await, [backup.summary.id]);
    servers.stop().await.expect("it stops");
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_14_clocks_that_are_off_and_jump_lose_nothing() {
    const HOUR_MS: i64 = 3_600_000;
    let servers = server().await;
    let uri = servers.mongodb_uri();
    fill(&uri, 8_000).await;
    let clock = Arc::new(WrongClock::default());
    let parts = Parts { clock: clock.clone(), ..Parts::on(&uri) };
    let console = Console::new(parts, |store| store).await;

    // An hour ahead, and two hours back in the middle.
    clock.set(HOUR_MS);
    let job = console.start(Some(Impact::Fixed { max_read: 4_000_000 })).await;
    console.until(&job, has_read(2_000_000)).await;
    clock.set(-HOUR_MS);
    let first: BackupDetail = console.outcome(&job).await;
    let ended = console.ended(&job).await;
    for code in ["backup.server_clock", "backup.store_clock"] {
        assert!(has_line(&ended, code), "{code}: {:?}", ended.log);
    }
    console.assert_is_live(&first.summary.id).await;
    // Taken by a right clock, and then by one that is behind: each is newer than the one before.
    let mut sets = vec![first.summary];
    for off in [0, -HOUR_MS] {
        clock.set(off);
        until_the_second_is_over(&sets).await;
        fill_more_once(&uri, off).await;
        let backup = console.back_up().await;
        let latest = engine::backup::show(&console.engine, "latest").await.expect("the latest");
        assert_eq!(latest.summary.id, backup.summary.id, "off by {off} ms");
        console.assert_is_live("latest").await;
        sets.push(backup.summary);
    }
    let newest_first: Vec<_> = sets.iter().rev().map(|set| set.id.clone()).collect();
    assert_eq!(console.listed().await, newest_first);
    // The moment of each is the server's.
    let real = vault::Clock::now_ms(&vault::SystemClock);
    assert!(sets.iter().all(|set| (real - set.consistent_at).abs() < HOUR_MS / 2), "{sets:?}");
    for off in [-HOUR_MS, 0, HOUR_MS] {
        clock.set(off);
        let plan = retention::plan(&console.engine, &Policy::default()).await.expect("a plan");
        assert!(plan.goes.is_empty(), "off by {off} ms: {plan:?}");
    }
    servers.stop().await.expect("it stops");
}

async fn fill_more_once(uri: &str, round: i64) {
    let client = Client::with_uri_str(uri).await.expect("a client");
    let users = client.database(DATABASE).collection::<Document>("users");
    let change = doc! { "$set": { "round": round } };
    users.update_one(doc! { "_id": 5 }, change).await.expect("a change");
}

/// Cluster times are told in seconds: two sets of one second have no order between them.
async fn until_the_second_is_over(sets: &[engine::backup::outcome::BackupView]) {
    let last = sets.iter().map(|set| set.consistent_at).max().unwrap_or_default();
    while vault::Clock::now_ms(&vault::SystemClock) < last + 1_000 {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
