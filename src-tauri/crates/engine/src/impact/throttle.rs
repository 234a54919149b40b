//! A job's own throttle: the bucket that its readers wait at, and the task that sets its rate.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use source::mongo::{MongoSource, Pace, ServerLoad};
use tokio::task::AbortHandle;

use super::bucket::Bucket;
use super::controller::{Baseline, Controller, Course, Limits, quantile};
use super::policy::{Impact, ImpactPolicy};
use crate::context::Timer;
use crate::engine::Engine;
use crate::error::EngineError;
use crate::job::Throttling;
use crate::jobs::JobHandle;

/// Bytes of documents in a reply: small ones occupy the server for a shorter time each.
const SLICE: u64 = 64 << 10;
/// Between two probes.
const PROBE_EVERY: Duration = Duration::from_millis(50);
/// Between two looks at the server's load.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Between two measurements of what is the service's own: its load changes over hours.
const MEASURE_EVERY: Duration = Duration::from_secs(120);
/// Probes of such a measurement.
const PROBES: u32 = 24;
/// What a probe counts that the server did not answer.
const LOST_MS: f64 = 2_000.0;
/// Rates beyond any machine of today stand for none.
const UNLIMITED: f64 = 100e9;

/// Slows a job's reading down. Ends with its last owner.
#[derive(Debug)]
pub(crate) struct Throttle {
    pace: Arc<Paced>,
    task: Option<AbortHandle>,
}

#[derive(Debug)]
struct Paced {
    timer: Arc<dyn Timer>,
    bucket: Mutex<Bucket>,
    /// Requests that the job made of the server.
    requests: AtomicU64,
}

impl Paced {
    fn bucket(&self) -> MutexGuard<'_, Bucket> {
        self.bucket.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Pace for Paced {
    async fn read(&self, bytes: u64) {
        self.requests.fetch_add(1, Ordering::Relaxed);
        let wait = self.bucket().charge(self.timer.elapsed(), bytes);
        if !wait.is_zero() {
            self.timer.sleep(wait).await;
        }
    }
}

impl Throttle {
    /// What readers wait at.
    pub(crate) fn pace(&self) -> Arc<dyn Pace> {
        self.pace.clone()
    }

    /// Bytes of documents in a reply.
    pub(crate) const fn slice(&self) -> u64 {
        SLICE
    }
}

impl Drop for Throttle {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

/// Begins to slow a job down as the policy says; none when it says `off`. Gentle: measures what is
/// the service's own first, for about a second. Called outside the quiet threads, since the probes
/// must not wait for them.
pub(crate) async fn begin(
    engine: &Engine,
    source: &MongoSource,
    policy: ImpactPolicy,
    job: &JobHandle,
) -> Result<Option<Arc<Throttle>>, EngineError> {
    let timer = Arc::clone(&engine.context().timer);
    let paced = |rate| {
        let bucket = Mutex::new(Bucket::new(timer.elapsed(), rate));
        Arc::new(Paced { timer: Arc::clone(&timer), bucket, requests: AtomicU64::new(0) })
    };
    match policy.impact {
        Impact::Off => Ok(None),
        Impact::Fixed { max_read } => {
            job.throttling(Throttling {
                bytes_per_second: max_read,
                latency_ms: None,
                goal_ms: None,
            });
            Ok(Some(Arc::new(Throttle { pace: paced(max_read as f64), task: None })))
        }
        Impact::Gentle => {
            let ceiling = policy.max_read.map_or(UNLIMITED, |most| most as f64);
            let limits = Limits { floor: (policy.min_read as f64).min(ceiling), ceiling };
            let pace = paced(limits.floor);
            let mut watch = Watch::new(source, &pace, job);
            let baseline = watch.measure().await?;
            job.line("backup.gentle", &[("latency", format!("{:.2}", baseline.probe_ms))]).await?;
            let at = timer.elapsed();
            let controller = Controller::new(limits, policy.goal, baseline, at);
            let task = tokio::spawn(watch.run(controller)).abort_handle();
            Ok(Some(Arc::new(Throttle { pace, task: Some(task) })))
        }
    }
}

/// Measures the server and sets the rate.
struct Watch {
    source: MongoSource,
    pace: Arc<Paced>,
    job: JobHandle,
    /// When the load was looked at last, what it was, and our requests until then.
    looked: Option<(Duration, ServerLoad, u64)>,
    /// The user may not see the server's load: probes alone count.
    blind: bool,
}

impl Watch {
    fn new(source: &MongoSource, pace: &Arc<Paced>, job: &JobHandle) -> Self {
        let (source, pace, job) = (source.clone(), Arc::clone(pace), job.clone());
        Self { source, pace, job, looked: None, blind: false }
    }

    async fn run(mut self, mut controller: Controller) {
        let mut measured = self.now();
        loop {
            self.pace.timer.sleep(PROBE_EVERY).await;
            let ms = self.probe().await;
            let at = self.now();
            // A server that does not answer is under more than strain.
            controller.probe(at, ms.unwrap_or(LOST_MS));
            if let Some(course) = self.course().await {
                controller.course(self.now(), course);
            }
            if at.saturating_sub(measured) > MEASURE_EVERY {
                if let Ok(baseline) = self.measure_again().await {
                    controller.rebase(baseline);
                }
                measured = self.now();
            }
            self.pace.bucket().set_rate(self.now(), controller.rate());
            self.job.throttling(Throttling {
                bytes_per_second: controller.rate() as u64,
                latency_ms: controller.latency_ms(),
                goal_ms: Some(controller.goal_ms()),
            });
        }
    }

    /// What is the service's own while this job reads nothing.
    async fn measure(&mut self) -> Result<Baseline, EngineError> {
        self.looked = None;
        self.course().await;
        let mut samples = Vec::new();
        for _ in 0..PROBES {
            self.pace.timer.sleep(PROBE_EVERY).await;
            self.job.check()?;
            samples.extend(self.probe().await);
        }
        let write_ms = self.course().await.and_then(|course| course.write_ms);
        // None answered: any latency is above that, until the next measurement.
        let probe_ms = quantile(samples, 0.9).unwrap_or(0.0);
        Ok(Baseline { probe_ms, write_ms })
    }

    async fn measure_again(&mut self) -> Result<Baseline, EngineError> {
        let rest = PROBE_EVERY * (PROBES + 8);
        self.pace.bucket().hold(self.now() + rest);
        // What is under way comes to its end first.
        self.pace.timer.sleep(PROBE_EVERY * 4).await;
        self.measure().await
    }

    /// How long the server took for the least of its reads, milliseconds; none when it did not
    /// answer.
    async fn probe(&self) -> Option<f64> {
        self.pace.requests.fetch_add(1, Ordering::Relaxed);
        let begun = self.now();
        match self.source.touch().await {
            Ok(()) => Some(self.now().saturating_sub(begun).as_secs_f64() * 1_000.0),
            Err(error) => {
                tracing::debug!(%error, "a probe was not answered");
                None
            }
        }
    }

    /// What the server did since the last look, when it is time for one.
    async fn course(&mut self) -> Option<Course> {
        let at = self.now();
        let due = self.looked.is_none_or(|(then, ..)| at.saturating_sub(then) >= LOOK_EVERY);
        if self.blind || !due {
            return None;
        }
        let load = match self.source.load().await {
            Ok(load) => load,
            Err(source::SourceError::MissingPrivilege { .. }) => {
                tracing::info!("the server's load may not be seen: its latency alone counts");
                self.blind = true;
                return None;
            }
            Err(error) => {
                tracing::debug!(%error, "the server's load could not be read");
                return None;
            }
        };
        let requests = self.pace.requests.load(Ordering::Relaxed);
        let before = self.looked.replace((at, load, requests));
        let (then, earlier, asked) = before?;
        Some(Course::between(&earlier, &load, at.saturating_sub(then), requests - asked))
    }

    fn now(&self) -> Duration {
        self.pace.timer.elapsed()
    }
}
