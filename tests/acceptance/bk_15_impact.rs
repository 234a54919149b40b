//! BK-15: a backup spares the service that it reads from, and reads a secondary where one is fit.

use std::sync::Arc;
use std::time::Duration;

use acceptance::console::{Console, Parts, QuickTimer, has_line};
use acceptance::service::DATABASE;
use engine::backup::outcome::BackupDetail;
use engine::impact::Impact;
use mongodb::bson::{Document, doc};
use mongodb::options::{Acknowledgment, WriteConcern};
use mongodb::{Client, Database};
use sandbox::{RedisTopology, Sandbox, SandboxOptions, ServerKind};
use source::mongo::MongoSource;
use source::profile::Profile;

async fn servers(mongo_members: u8) -> Sandbox {
    let options =
        SandboxOptions { mongo_members, redis: RedisTopology::None, ..SandboxOptions::default() };
    Sandbox::start(options).await.expect("private servers start")
}

/// Documents of about a kilobyte.
async fn fill(database: &Database, many: i32) {
    let user = |at: i32| doc! { "_id": format!("P{at:06}"), "text": format!("{at:x}").repeat(200) };
    let users = database.collection::<Document>("users");
    let all = WriteConcern::builder().w(Acknowledgment::Majority).build();
    for from in (0..many).step_by(5_000) {
        let batch = (from..many.min(from + 5_000)).map(user);
        users.insert_many(batch).write_concern(all.clone()).await.expect("users");
    }
}

/// A member that is asked alone.
async fn member(address: &str) -> Client {
    let uri = format!("mongodb://{address}/?directConnection=true");
    Client::with_uri_str(uri).await.expect("a member")
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_15_a_gentle_backup_tells_how_it_is_held_back_and_holds_everything() {
    let servers = servers(1).await;
    let client = Client::with_uri_str(servers.mongodb_uri()).await.expect("a client");
    fill(&client.database(DATABASE), 12_000).await;
    let console = Console::new(Parts::on(&servers.mongodb_uri()), |store| store).await;
    let job = console.start(Some(Impact::Gentle)).await;
    let shown = console
        .until(&job, |job| job.progress.as_ref().is_some_and(|now| now.throttling.is_some()))
        .await;
    let throttling = shown.progress.and_then(|now| now.throttling).expect("what holds it back");
    assert!(throttling.bytes_per_second >= 20_000_000, "{throttling:?}");
    assert!(throttling.goal_ms.is_some_and(|goal| goal > 0.0), "{throttling:?}");
    let ended = console.ended(&job).await;
    assert!(has_line(&ended, "backup.gentle"), "{:?}", ended.log);
    assert!(!has_line(&ended, "backup.server_clock"), "{:?}", ended.log);
    let backup: BackupDetail = console.outcome(&job).await;
    assert_eq!(backup.read_from, ["primary"]);
    console.assert_is_live(&backup.summary.id).await;
    // Without a word about it a test's service is not spared.
    let job = console.start(None).await;
    assert!(!has_line(&console.ended(&job).await, "backup.gentle"));
    servers.stop().await.expect("they stop");
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_15_a_fixed_rate_is_kept() {
    let servers = servers(1).await;
    let client = Client::with_uri_str(servers.mongodb_uri()).await.expect("a client");
    fill(&client.database(DATABASE), 12_000).await;
    let timer = Arc::new(QuickTimer::new(1_000));
    let parts = Parts { timer: timer.clone(), ..Parts::on(&servers.mongodb_uri()) };
    let console = Console::new(parts, |store| store).await;
    let job = console.start(Some(Impact::Fixed { max_read: 1_000_000 })).await;
    let backup: BackupDetail = console.outcome(&job).await;
    let least = Duration::from_millis(backup.summary.bytes * 8 / 10 / 1_000);
    assert!(timer.asked() >= least, "{:?} for {} bytes", timer.asked(), backup.summary.bytes);
    console.assert_is_live(&backup.summary.id).await;
    servers.stop().await.expect("they stop");
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_15_a_secondary_that_lags_or_hides_is_not_read() {
    let servers = servers(3).await;
    let client = Client::with_uri_str(servers.mongodb_uri()).await.expect("a client");
    let database = client.database(DATABASE);
    fill(&database, 100).await;
    let uri = servers.mongodb_uri();
    let source = MongoSource::connect(&uri, &Profile::default()).await.expect("MongoDB");
    let cut = source.cluster_time().await.expect("a time");
    let first = source.fit_secondary(cut).await.expect("members").expect("a fit one");

    // It stops taking part; the others go on.
    let locked = member(&first).await;
    let lock = doc! { "fsync": 1, "lock": true };
    locked.database("admin").run_command(lock).await.expect("a lock");
    fill(&client.database("other"), 100).await;
    let cut = source.cluster_time().await.expect("a time");
    let second = source.fit_secondary(cut).await.expect("members").expect("the other one");
    assert_ne!(second, first);

    // The other one is made for something else: nobody is fit, and the primary is read.
    hide(&client, &second).await;
    assert_eq!(source.fit_secondary(cut).await.expect("members"), None);
    let console = Console::new(Parts::on(&uri), |store| store).await;
    let job = console.start(Some(Impact::Gentle)).await;
    let backup: BackupDetail = console.outcome(&job).await;
    assert_eq!(backup.read_from, ["primary"]);

    locked.database("admin").run_command(doc! { "fsyncUnlock": 1 }).await.expect("no lock");
    let caught_up = async {
        while source.fit_secondary(cut).await.expect("members").as_ref() != Some(&first) {}
    };
    tokio::time::timeout(Duration::from_secs(60), caught_up).await.expect("it catches up");
    let job = console.start(Some(Impact::Gentle)).await;
    let ended = console.ended(&job).await;
    assert!(has_line(&ended, "backup.reads_secondary"), "{:?}", ended.log);
    let backup: BackupDetail = console.outcome(&job).await;
    assert_eq!(backup.read_from, [first]);
    console.assert_is_live(&backup.summary.id).await;
    servers.stop().await.expect("they stop");
}

/// Makes a member hidden, as one for reports is.
async fn hide(client: &Client, address: &str) {
    let admin = client.database("admin");
    let found = admin.run_command(doc! { "replSetGetConfig": 1 }).await.expect("a configuration");
    let mut config = found.get_document("config").expect("it").clone();
    let version = config.get_i32("version").expect("a version");
    config.insert("version", version + 1);
    for member in config.get_array_mut("members").expect("members") {
        let member = member.as_document_mut().expect("a member");
        if member.get_str("host").is_ok_and(|host| host == address) {
            member.insert("priority", 0);
            member.insert("hidden", true);
        }
    }
    admin.run_command(doc! { "replSetReconfig": config }).await.expect("a reconfiguration");
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_15_when_the_secondary_dies_the_primary_is_read_on() {
    let mut servers = servers(3).await;
    let uri = format!("{}&heartbeatFrequencyMS=500", servers.mongodb_uri());
    let client = Client::with_uri_str(&uri).await.expect("a client");
    fill(&client.database(DATABASE), 20_000).await;
    let console = Console::new(Parts::on(&uri), |store| store).await;
    let job = console.start(Some(Impact::Fixed { max_read: 2_000_000 })).await;
    let half = console
        .until(&job, |job| job.progress.as_ref().is_some_and(|now| now.done > 2_000_000))
        .await;
    let line = half.log.iter().find(|line| line.code == "backup.reads_secondary");
    let read = line.and_then(|line| line.context.get("member")).expect("a secondary").clone();
    let mut mongods = servers.state().servers.iter().filter(|of| of.kind == ServerKind::Mongod);
    let index = mongods
        .position(|server| read.ends_with(&format!(":{}", server.port)))
        .expect("one of the members");
    servers.kill_mongod(index).await.expect("it dies");
    let backup: BackupDetail = console.outcome(&job).await;
    assert_eq!(backup.read_from, [read, "primary".to_owned()]);
    console.assert_is_live(&backup.summary.id).await;
    servers.stop().await.expect("they stop");
}
