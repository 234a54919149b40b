//! BK-11: what is no longer kept expires, what nothing needs is deleted, beside running backups and
//! with nothing lost that is kept.

use std::path::Path;
use std::sync::Arc;

use acceptance::service::{Service, files};
use control::Control;
use engine::backup::outcome::{BackupDetail, BackupRequest, Level, Method};
use engine::job::{JobState, JobView};
use engine::prune::outcome::PruneOutcome;
use engine::retention::outcome::{RetentionOutcome, RetentionPlan};
use engine::retention::{KeepReason, Policy};
use engine::verify::outcome::{VerifyOutcome, VerifyRequest};
use engine::{Connections, Engine, EngineContext, EngineError, backup, prune, retention, verify};
use mongodb::bson::{Document, doc};
use serde::de::DeserializeOwned;
use source::mongo::MongoSource;
use source::profile::{DataClass, Profile};
use vault::store::FsBackend;
use vault::testing::{ClockedStore, ManualClock};
use vault::{
    Argon2Cost, Clock, PassphraseProvider, Resources, Store, SystemClock, SystemEntropy, Vault,
    VaultContext,
};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// An engine on real servers and a real folder, in a time of its own.
struct Console {
    service: Service,
    engine: Engine,
    clock: Arc<ManualClock>,
    folder: tempfile::TempDir,
}

impl Console {
    async fn new() -> Self {
        let service = Service::start().await;
        let folder = tempfile::tempdir().expect("a folder");
        let clock = Arc::new(ManualClock::new(SystemClock.now_ms()));
        let backend = Arc::new(FsBackend::open(&folder.path().join("vault")).expect("a store"));
        let store = Store::with_backend(Arc::new(ClockedStore::new(backend, clock.clone())));
        let provider = PassphraseProvider::new("excalibur".to_owned().into(), Argon2Cost::lowest());
        let context = VaultContext {
            clock: clock.clone(),
            entropy: Arc::new(SystemEntropy),
            writer_id: "console".to_owned(),
            tool_version: "test".to_owned(),
            resources: Resources::default(),
        };
        let vault = Vault::create(store, &provider, context).await.expect("a vault");
        let uri = service.sandbox.mongodb_uri();
        let source = MongoSource::connect(&uri, &Profile::default()).await.expect("MongoDB");
        let context = EngineContext::new(clock.clone(), Arc::new(SystemEntropy), "kay", "test");
        let control = Control::open(&folder.path().join("control.db"), context.now_ms());
        let control = Arc::new(control.expect("a control store"));
        let connections =
            Connections { source: Some(source), vault: Some(vault), ..Connections::default() };
        let engine = Engine::new(context, connections, control);
        Self { service, engine, clock, folder }
    }

    /// Replaces the accounts by others of this round.
    async fn play(&self, round: i32) {
        let users = self.service.database().collection::<Document>("users");
        users.delete_many(doc! {}).await.expect("no users");
        let user = |n: i32| {
            let mixed = (n.wrapping_mul(2_654_435) ^ round.wrapping_mul(40_503)).wrapping_abs();
            let note: String =
                (0..40).map(|at| format!("{:x}", mixed.wrapping_mul(at + 7))).collect();
            doc! { "_id": format!("P{n:05}"), "round": round, "note": note }
        };
        users.insert_many((0..4_000).map(user)).await.expect("users");
    }

    async fn ended(&self, started: Result<String, EngineError>) -> JobView {
        let id = started.expect("a job");
        self.engine.jobs().wait(&id).await.expect("its end")
    }

    async fn outcome<T: DeserializeOwned>(&self, started: Result<String, EngineError>) -> T {
        let job = self.ended(started).await;
        assert_eq!(job.state, JobState::Done, "{:?}", job.error);
        serde_json::from_value(job.outcome.expect("an outcome")).expect("its type")
    }

    fn request() -> BackupRequest {
        let classes = vec![DataClass::Accounts, DataClass::Statistics];
        BackupRequest { classes, method: Method::Full, impact: None }
    }

    async fn back_up(&self) -> String {
        let detail: BackupDetail =
            self.outcome(backup::start(&self.engine, Self::request()).await).await;
        detail.summary.id
    }

    async fn verify(&self, backup: &str) {
        let request =
            VerifyRequest { backup: backup.to_owned(), level: Level::L3, sample_percent: 100.0 };
        let found: VerifyOutcome = self.outcome(verify::start(&self.engine, request).await).await;
        assert!(found.ok, "{:?}", found.problems);
    }

    async fn prune(&self) -> PruneOutcome {
        self.outcome(prune::start(&self.engine, false).await).await
    }

    async fn listed(&self) -> Vec<String> {
        let views = backup::list(&self.engine).await.expect("a list");
        views.into_iter().rev().map(|view| view.id).collect()
    }

    fn stored_bytes(&self) -> u64 {
        let size = |path: &std::path::PathBuf| Path::new(path).metadata().map_or(0, |m| m.len());
        files(&self.folder.path().join("vault")).iter().map(size).sum()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_11_what_is_over_goes_and_what_is_kept_stays_whole() {
    let console = Console::new().await;
    let engine = &console.engine;
    let policy = Policy::default();
    let mut sets = Vec::new();
    for round in 0..5 {
        console.play(round).await;
        sets.push(console.back_up().await);
        console.clock.advance(10 * DAY_MS);
    }
    backup::pin(engine, &sets[1], "dispute 4711").await.expect("a pin");
    console.verify(&sets[3]).await;
    let full = console.stored_bytes();

    // Statistics keep a set of both classes: 180 days, not 90.
    console.clock.advance(90 * DAY_MS);
    let plan = retention::plan(engine, &policy).await.expect("a plan");
    assert_eq!((plan.backups, plan.goes.len(), plan.stays.len()), (5, 0, 0));

    console.clock.advance(100 * DAY_MS);
    let plan: RetentionPlan = retention::plan(engine, &policy).await.expect("a plan");
    let goes: Vec<_> = plan.goes.iter().map(|set| set.backup.clone()).collect();
    assert_eq!(goes, [sets[0].clone(), sets[2].clone()]);
    let stays: Vec<_> =
        plan.stays.iter().map(|set| (set.backup.clone(), set.kept.clone())).collect();
    let class = DataClass::Accounts;
    assert_eq!(
        stays,
        [
            (sets[1].clone(), Some(KeepReason::Pinned)),
            (sets[3].clone(), Some(KeepReason::LastVerified { class })),
            (sets[4].clone(), Some(KeepReason::LastOfClass { class })),
        ]
    );
    assert!(plan.freed_bytes > full / 5, "{plan:?} of {full}");

    // A number that was not read is no confirmation.
    let refused = retention::start(engine, &policy, &plan.id, 3).await;
    assert!(matches!(refused, Err(EngineError::NotConfirmed { .. })), "{refused:?}");
    // Pinned between plan and application: spared.
    backup::pin(engine, &sets[2], "as well").await.expect("a pin");
    let applied: RetentionOutcome =
        console.outcome(retention::start(engine, &policy, &plan.id, 2).await).await;
    assert_eq!((applied.removed, applied.spared), (vec![sets[0].clone()], vec![sets[2].clone()]));
    let used = retention::start(engine, &policy, &plan.id, 2).await;
    assert!(matches!(used, Err(EngineError::PlanUsed { .. })), "{used:?}");
    backup::unpin(engine, &sets[2]).await.expect("no pin");
    let plan = retention::plan(engine, &policy).await.expect("a plan");
    let applied: RetentionOutcome =
        console.outcome(retention::start(engine, &policy, &plan.id, 1).await).await;
    assert_eq!(applied.removed, [sets[2].clone()]);
    assert_eq!(console.listed().await, [sets[1].clone(), sets[3].clone(), sets[4].clone()]);

    // Two phases a day apart. The second runs beside a backup of what the first has marked.
    let marked = console.prune().await;
    assert!(marked.marked.objects > 0 && marked.deleted.objects == 0, "{marked:?}");
    console.clock.advance(25 * HOUR_MS);
    console.play(0).await;
    let began = backup::start(engine, Console::request()).await;
    let pruned = console.prune().await;
    let job = console.ended(began).await;
    assert!(pruned.deleted.objects > 0, "{pruned:?}");
    // It may have met the prune at the very moment; then it says so and the next one goes through.
    let late = match job.state {
        JobState::Done => console.listed().await.pop().expect("a set"),
        _ => {
            assert_eq!(job.error.expect("an error").code, "being_pruned");
            console.back_up().await
        }
    };
    for _ in 0..2 {
        console.clock.advance(25 * HOUR_MS);
        console.prune().await;
    }
    let settled = console.prune().await;
    assert_eq!((settled.marked.objects, settled.young.objects), (0, 0), "{settled:?}");
    assert!(console.stored_bytes() < full, "{} of {full}", console.stored_bytes());
    for set in [&sets[1], &sets[3], &sets[4], &late] {
        console.verify(set).await;
    }
    let refused = engine.vault().expect("a vault").drop_set(&sets[1], 0).await;
    assert!(matches!(refused, Err(vault::VaultError::Pinned { .. })), "{refused:?}");
    console.service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_11_statistics_add_up_and_tell_when_the_store_is_full() {
    let console = Console::new().await;
    let engine = &console.engine;
    for round in 0..4 {
        console.play(round).await;
        console.back_up().await;
        console.clock.advance(2 * DAY_MS);
    }
    let policy = Policy { quota_bytes: Some(10 << 20), ..Policy::default() };
    let statistics = engine::statistics::get(engine, &policy).await.expect("statistics");
    assert_eq!((statistics.backups, statistics.unused_objects), (4, 0));
    let by_type: u64 = statistics.by_type.iter().map(|of| of.bytes).sum();
    let by_class: u64 = statistics.by_class.iter().map(|of| of.bytes).sum();
    assert_eq!((by_type, by_class), (statistics.stored_bytes, statistics.stored_bytes));
    let content: u64 = files(&console.folder.path().join("vault"))
        .iter()
        .filter(|path| {
            let shown = path.display().to_string();
            ["/manifest/", "/page/", "/segment/", "/delta/"].iter().any(|part| shown.contains(part))
        })
        .map(|path| path.metadata().expect("a file").len())
        .sum();
    assert_eq!(statistics.stored_bytes, content);
    assert_eq!(statistics.growth.iter().map(|day| day.backups).sum::<u64>(), 4);
    // Three more sets in eight days, less the first day.
    let added: u64 = statistics.growth.iter().skip(1).map(|day| day.bytes).sum();
    let a_day = added as f64 / 7.0;
    assert!((statistics.bytes_per_day / a_day - 1.0).abs() < 0.2, "{statistics:?}");
    let days = statistics.days_until_quota.expect("it grows");
    let left = ((10 << 20) - statistics.stored_bytes) as f64;
    assert!((days * statistics.bytes_per_day / left - 1.0).abs() < 0.01, "{statistics:?}");

    // Each round replaced all accounts: twice the days, twice what is kept beside the newest.
    let forecast = |keep| {
        let mut policy = Policy::default();
        policy.accounts.keep = retention::Keep::Days(keep);
        async move {
            let current = Policy::default();
            let told =
                retention::forecast(engine, &policy, &current, 200).await.expect("a forecast");
            let accounts = told.classes.iter().find(|of| of.class == DataClass::Accounts);
            (accounts.expect("accounts").bytes.expect("measured"), told.current_bytes)
        }
    };
    let accounts = statistics.by_class.iter().find(|of| of.class == DataClass::Accounts);
    let newest = accounts.expect("accounts").newest_bytes;
    let ((short, current), (long, same)) = (forecast(30).await, forecast(60).await);
    assert_eq!(current, same);
    let ratio = (long - newest) as f64 / (short - newest) as f64;
    assert!((1.9..2.1).contains(&ratio), "{short} {long} {newest}");
    console.service.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bk_11_the_command_line_pins_prunes_and_tells() {
    let service = Service::start().await;
    service.fill(&["users", "config"], 50, |name, at| doc! { "_id": at, "of": name }).await;
    service.init().await;
    let (first, second) = (service.backup().await, service.backup().await);
    let pinned = ["--json", "backup", "pin", &first, "--reason", "dispute 4711"];
    let view = service.avault(&pinned).await.ended(0).json();
    assert_eq!(view["pinned"]["reason"], "dispute 4711");
    let list = service.avault(&["--json", "backup", "list"]).await.ended(0).json_lines();
    let of =
        |id: &str| list.iter().find(|view| view["id"] == *id).expect("a set")["pinned"].clone();
    assert!(of(&first).is_object() && of(&second).is_null(), "{list:?}");

    let before = files(&service.store());
    let told = service.avault(&["--json", "prune", "--dry-run"]).await.ended(0).json();
    assert_eq!(files(&service.store()), before, "a dry run writes nothing");
    let pruned = service.avault(&["--json", "prune"]).await.ended(0).json();
    for outcome in [&told, &pruned] {
        assert_eq!(outcome["plan"]["backups"], 2);
        assert_eq!(outcome["retention"], serde_json::Value::Null, "nothing is over");
        assert_eq!(outcome["prune"]["deleted"]["objects"], 0);
    }
    let statistics = service.avault(&["--json", "statistics"]).await.ended(0).json();
    assert_eq!((&statistics["backups"], &statistics["unusedObjects"]), (&2.into(), &0.into()));
    let text = service.avault(&["prune", "--dry-run"]).await.ended(0).stdout;
    assert!(text.contains("0 of 2 backups go"), "{text}");
    let view = service.avault(&["--json", "backup", "unpin", &first]).await.ended(0).json();
    assert!(view["pinned"].is_null(), "{view}");
    service.avault(&["backup", "verify", "--all"]).await.ended(0);
    service.stop().await;
}
