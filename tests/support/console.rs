//! An engine in this process on real servers, whose clock, pauses and store a test chooses.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use control::Control;
use engine::backup::outcome::{BackupDetail, BackupRequest, Method};
use engine::compare::outcome::{CompareOutcome, CompareRequest};
use engine::impact::Impact;
use engine::job::{JobState, JobView};
use engine::{
    Connections, Engine, EngineContext, EngineError, SystemTimer, Timer, backup, compare,
};
use serde::de::DeserializeOwned;
use source::mongo::MongoSource;
use source::profile::Profile;
use tempfile::TempDir;
use vault::store::{Backend, FsBackend};
use vault::{
    Argon2Cost, Clock, PassphraseProvider, Resources, Store, SystemClock, SystemEntropy, Vault,
    VaultContext,
};

/// A clock that runs as the system's does, but is off by so much.
#[derive(Debug, Default)]
pub struct WrongClock(AtomicI64);

impl WrongClock {
    /// Sets by how many milliseconds it is off.
    pub fn set(&self, off_ms: i64) {
        self.0.store(off_ms, Ordering::Relaxed);
    }
}

impl Clock for WrongClock {
    fn now_ms(&self) -> i64 {
        SystemClock.now_ms() + self.0.load(Ordering::Relaxed)
    }
}

/// Pauses that are so many times shorter than asked for; it tells how long was asked for in all.
#[derive(Debug)]
pub struct QuickTimer {
    inner: SystemTimer,
    times: u32,
    asked_ms: AtomicU64,
}

impl QuickTimer {
    /// Pauses `times` shorter.
    pub fn new(times: u32) -> Self {
        Self { inner: SystemTimer::default(), times, asked_ms: AtomicU64::new(0) }
    }

    /// How long was to be waited in all.
    pub fn asked(&self) -> Duration {
        Duration::from_millis(self.asked_ms.load(Ordering::Relaxed))
    }
}

#[async_trait]
impl Timer for QuickTimer {
    fn elapsed(&self) -> Duration {
        self.inner.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        let ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
        self.asked_ms.fetch_add(ms, Ordering::Relaxed);
        self.inner.sleep(duration / self.times).await;
    }
}

/// What an engine is made of, as far as a test cares.
pub struct Parts {
    /// Its clock and that of its vault.
    pub clock: Arc<WrongClock>,
    /// Its pauses.
    pub timer: Arc<dyn Timer>,
    /// MongoDB.
    pub uri: String,
}

impl Parts {
    /// The system's clock and pauses.
    pub fn on(uri: &str) -> Self {
        Self { clock: Arc::default(), timer: Arc::new(SystemTimer::default()), uri: uri.to_owned() }
    }
}

/// An engine and the folder that it keeps everything in.
pub struct Console {
    /// The engine.
    pub engine: Engine,
    folder: TempDir,
}

impl Console {
    /// An engine on a new store; `wrap` may put something before it once the vault is made.
    pub async fn new(
        parts: Parts,
        wrap: impl FnOnce(Arc<dyn Backend>) -> Arc<dyn Backend>,
    ) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let open = || FsBackend::open(&folder.path().join("vault")).expect("a store");
        let provider = PassphraseProvider::new("excalibur".to_owned().into(), Argon2Cost::lowest());
        let context = VaultContext {
            clock: parts.clock.clone(),
            entropy: Arc::new(SystemEntropy),
            writer_id: "console".to_owned(),
            tool_version: "test".to_owned(),
            resources: Resources::default(),
        };
        let plain = Store::with_backend(Arc::new(open()));
        Vault::create(plain, &provider, context.clone()).await.expect("a vault");
        let wrapped = Store::with_backend(wrap(Arc::new(open())));
        let vault = Vault::open(wrapped, &provider, context).await.expect("the vault");
        let source = MongoSource::connect(&parts.uri, &Profile::default()).await.expect("MongoDB");
        let mut context = EngineContext::new(parts.clock, Arc::new(SystemEntropy), "kay", "test");
        context.timer = parts.timer;
        let control = Control::open(&folder.path().join("control.db"), context.now_ms());
        let control = Arc::new(control.expect("a control store"));
        let connections =
            Connections { source: Some(source), vault: Some(vault), ..Connections::default() };
        Self { engine: Engine::new(context, connections, control), folder }
    }

    /// The store's folder.
    pub fn store(&self) -> std::path::PathBuf {
        self.folder.path().join("vault")
    }

    /// Starts a full of everything.
    pub async fn start(&self, impact: Option<Impact>) -> String {
        let request = BackupRequest { classes: Vec::new(), method: Method::Full, impact };
        backup::start(&self.engine, request).await.expect("a job")
    }

    /// Waits for a job's end.
    pub async fn ended(&self, job: &str) -> JobView {
        self.engine.jobs().wait(job).await.expect("its end")
    }

    /// Waits until a running job shows something.
    pub async fn until(&self, job: &str, shows: impl Fn(&JobView) -> bool) -> JobView {
        let mut events = self.engine.jobs().subscribe();
        loop {
            let view = self.engine.jobs().get(job).await.expect("the job");
            if shows(&view) {
                return view;
            }
            assert!(view.finished_at.is_none(), "it ended too early: {view:?}");
            // A missed view is made up for by the next look.
            let _ = tokio::time::timeout(Duration::from_millis(200), events.recv()).await;
        }
    }

    /// The outcome of a job that must end well.
    pub async fn outcome<T: DeserializeOwned>(&self, job: &str) -> T {
        let job = self.ended(job).await;
        assert_eq!(job.state, JobState::Done, "{:?} {:?}", job.error, job.log);
        serde_json::from_value(job.outcome.expect("an outcome")).expect("its type")
    }

    /// A full of everything.
    pub async fn back_up(&self) -> BackupDetail {
        let job = self.start(None).await;
        self.outcome(&job).await
    }

    /// Fails unless a backup holds exactly what is live.
    pub async fn assert_is_live(&self, backup: &str) {
        let request = CompareRequest { backup: backup.to_owned(), classes: Vec::new() };
        let job = compare::start(&self.engine, request).await.expect("a job");
        let job = self.ended(&job).await;
        assert_eq!(job.state, JobState::Done, "{:?} {:?}", job.error, job.outcome);
        let found: CompareOutcome =
            serde_json::from_value(job.outcome.expect("an outcome")).expect("its type");
        assert!(found.equal, "{found:?}");
    }

    /// The backups that are listed.
    pub async fn listed(&self) -> Vec<String> {
        let views = backup::list(&self.engine).await.expect("a list");
        views.into_iter().map(|view| view.id).collect()
    }

    /// Asks a job to stop.
    pub async fn cancel(&self, job: &str) -> Result<JobView, EngineError> {
        self.engine.jobs().cancel(job).await
    }
}

/// Whether a job's log has a line of this code.
pub fn has_line(job: &JobView, code: &str) -> bool {
    job.log.iter().any(|line| line.code == code)
}
