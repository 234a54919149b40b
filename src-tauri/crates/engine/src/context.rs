//! What the engine may not have of its own: time, randomness, identity.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use ulid::Ulid;
use vault::{Clock, Entropy};

use crate::error::EngineError;

/// Waiting, and a time that never jumps, for pauses and rates. The clock tells what time it is and
/// may be set; this may not.
#[async_trait]
pub trait Timer: Send + Sync + fmt::Debug {
    /// Time since some moment.
    fn elapsed(&self) -> Duration;
    /// Returns after so long.
    async fn sleep(&self, duration: Duration);
}

/// The system's own.
#[derive(Debug, Clone, Copy)]
pub struct SystemTimer(Instant);

impl Default for SystemTimer {
    fn default() -> Self {
        Self(Instant::now())
    }
}

#[async_trait]
impl Timer for SystemTimer {
    fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}

/// What the engine is given by its host.
#[derive(Clone)]
pub struct EngineContext {
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Randomness, for identifiers.
    pub entropy: Arc<dyn Entropy>,
    /// Who acts, as it is written into jobs and the audit chain.
    pub actor: String,
    /// The product's version, written into manifests.
    pub tool_version: String,
    /// Pauses; hosts leave the default, the system's.
    pub timer: Arc<dyn Timer>,
    /// Where a test may end the process's work; hosts leave the default.
    pub crash: CrashPoints,
    last_id: Arc<Mutex<Option<Ulid>>>,
}

impl EngineContext {
    /// A context with the system's timer and without crash points.
    #[must_use]
    pub fn new(
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
        actor: impl Into<String>,
        tool_version: impl Into<String>,
    ) -> Self {
        Self {
            clock,
            entropy,
            actor: actor.into(),
            tool_version: tool_version.into(),
            timer: Arc::new(SystemTimer::default()),
            crash: CrashPoints::default(),
            last_id: Arc::default(),
        }
    }

    /// Unix time in milliseconds.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.clock.now_ms()
    }

    /// A new identifier; later ones sort behind earlier ones even within a millisecond.
    #[must_use]
    pub fn new_id(&self) -> String {
        let mut random = [0_u8; 16];
        self.entropy.fill(&mut random);
        let now = u64::try_from(self.now_ms()).unwrap_or(0);
        let fresh = Ulid::from_parts(now, u128::from_be_bytes(random));
        let mut last = self.last_id.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let id = match *last {
            Some(last) if last >= fresh => last.increment().unwrap_or(fresh),
            _ => fresh,
        };
        *last = Some(id);
        id.to_string()
    }
}

impl fmt::Debug for EngineContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EngineContext")
            .field("actor", &self.actor)
            .field("tool_version", &self.tool_version)
            .finish_non_exhaustive()
    }
}

type Hook = dyn Fn(&str) -> bool + Send + Sync;

/// Named places between two steps of a sequence that must survive the death of the process.
///
/// A crash test gives a function that answers true where the work is to end as if the process had
/// been killed: nothing after that place runs, no clean-up included.
#[derive(Clone, Default)]
pub struct CrashPoints(Option<Arc<Hook>>);

impl CrashPoints {
    /// Crash points that ask `hook` at each place.
    #[must_use]
    pub fn new(hook: impl Fn(&str) -> bool + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(hook)))
    }

    /// Passes the place called `name`, or ends there.
    ///
    /// # Errors
    /// [`EngineError::Crashed`] when the hook says so.
    pub fn pass(&self, name: &str) -> Result<(), EngineError> {
        match &self.0 {
            Some(hook) if hook(name) => Err(EngineError::Crashed { point: name.to_owned() }),
            _ => Ok(()),
        }
    }
}

impl fmt::Debug for CrashPoints {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "CrashPoints(set)" } else { "CrashPoints(none)" })
    }
}
