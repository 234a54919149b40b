//! PF-003: fifty backups at once are all accepted, wait in a queue that bounds what is held in memory,
//! and all succeed. How long acceptance takes is measured by `make bench`.

use std::collections::BTreeSet;

use acceptance::console::{Console, Parts};
use acceptance::service::DATABASE;
use engine::backup::outcome::BackupDetail;
use engine::job::JobState;
use mongodb::Client;
use mongodb::bson::{Document, doc};
use sandbox::{RedisTopology, Sandbox, SandboxOptions};
use tokio::sync::broadcast::error::TryRecvError;

const MANY: usize = 50;
/// Backups at work at the same time.
const AT_WORK: usize = 2;

#[tokio::test(flavor = "multi_thread")]
async fn pf_03_fifty_at_once_all_succeed_two_at_a_time() {
    let options = SandboxOptions { redis: RedisTopology::None, ..SandboxOptions::default() };
    let servers = Sandbox::start(options).await.expect("private servers start");
    let client = Client::with_uri_str(servers.mongodb_uri()).await.expect("a client");
    let users = client.database(DATABASE).collection::<Document>("users");
    users.insert_many((0..200).map(|at| doc! { "_id": at })).await.expect("users");
    let console = Console::new(Parts::on(&servers.mongodb_uri()), |store| store).await;

    let mut events = console.engine.jobs().subscribe();
    let jobs = futures::future::join_all((0..MANY).map(|_| console.start(None))).await;
    // Each is there and tells that it waits, or what it does.
    let views = console.engine.jobs().list(100).await.expect("jobs");
    assert_eq!(views.len(), MANY);
    assert!(views.iter().any(|job| job.state == JobState::Queued));
    let running = |job: &&engine::job::JobView| job.state == JobState::Running;
    assert!(views.iter().filter(running).count() <= AT_WORK);

    let mut sets = BTreeSet::new();
    for job in &jobs {
        let backup: BackupDetail = console.outcome(job).await;
        sets.insert(backup.summary.id);
    }
    assert_eq!(sets.len(), MANY);
    assert_eq!(console.listed().await.into_iter().collect::<BTreeSet<_>>(), sets);

    // At no time were more at work than may be.
    let mut at_work = BTreeSet::new();
    loop {
        match events.try_recv() {
            Ok(job) if job.state == JobState::Running => {
                at_work.insert(job.id);
                assert!(at_work.len() <= AT_WORK, "{at_work:?}");
            }
            Ok(job) => {
                at_work.remove(&job.id);
            }
            Err(TryRecvError::Lagged(_)) => at_work.clear(),
            Err(_) => break,
        }
    }
    servers.stop().await.expect("they stop");
}
