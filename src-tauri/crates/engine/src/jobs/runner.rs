use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use control::{Control, JobFilter, NewAuditEntry, NewJob};
use serde_json::{Value, json};
use tokio::sync::{Semaphore, SemaphorePermit, broadcast};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::handle::JobHandle;
use super::view;
use crate::context::EngineContext;
use crate::error::EngineError;
use crate::job::{JobView, Verb};

/// Views kept for a slow subscriber; one that falls further behind misses the oldest.
const SUBSCRIPTION: usize = 256;
/// Jobs at work at the same time; more wait.
const CONCURRENCY: usize = 2;
/// How often progress is told and a request to stop is looked for.
const TICK: Duration = Duration::from_millis(250);

/// A job to start.
#[derive(Debug, Clone)]
pub struct JobSpec {
    /// The use case.
    pub verb: Verb,
    /// What it works on.
    pub subject: String,
    /// The request, enough to start it again.
    pub request: Value,
}

/// How a job's work ended well.
#[derive(Debug, Clone)]
pub struct JobEnd {
    /// The verb's outcome as JSON.
    pub outcome: Value,
    /// Whether the outcome lists problems.
    pub with_problems: bool,
}

/// What a job at work holds.
type Place<'a> = (Option<SemaphorePermit<'a>>, Option<SemaphorePermit<'a>>);

struct Shared {
    context: EngineContext,
    control: Arc<Control>,
    events: broadcast::Sender<JobView>,
    places: Semaphore,
    /// Restores write live data: one at a time, whatever else runs.
    restoring: Semaphore,
    running: Mutex<HashMap<String, CancellationToken>>,
    tasks: TaskTracker,
}

/// Starts, follows and stops jobs; records them in the control store.
#[derive(Clone)]
pub struct JobRunner(Arc<Shared>);

impl std::fmt::Debug for JobRunner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JobRunner").finish_non_exhaustive()
    }
}

impl JobRunner {
    /// A runner over an open control store.
    #[must_use]
    pub fn new(context: EngineContext, control: Arc<Control>) -> Self {
        Self(Arc::new(Shared {
            context,
            control,
            events: broadcast::channel(SUBSCRIPTION).0,
            places: Semaphore::new(CONCURRENCY),
            restoring: Semaphore::new(1),
            running: Mutex::default(),
            tasks: TaskTracker::new(),
        }))
    }

    /// Views of jobs as they change.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<JobView> {
        self.0.events.subscribe()
    }

    /// Records a job, starts `work` as soon as there is a place, and returns the job's id.
    ///
    /// # Errors
    /// When the job cannot be recorded; failures of `work` are the job's own.
    pub async fn start<W, F>(&self, spec: JobSpec, work: W) -> Result<String, EngineError>
    where
        W: FnOnce(JobHandle) -> F + Send + 'static,
        F: Future<Output = Result<JobEnd, EngineError>> + Send + 'static,
    {
        let shared = &self.0;
        let id = shared.context.new_id();
        let cancel = CancellationToken::new();
        shared.record(&id, &spec).await?;
        shared.running().insert(id.clone(), cancel.clone());
        shared.publish(&id).await?;
        let handle =
            JobHandle::new(&id, cancel, Arc::clone(&shared.control), shared.context.clone());
        let shared = Arc::clone(shared);
        self.0.tasks.spawn(async move { shared.run(handle, spec, work).await });
        Ok(id)
    }

    /// Asks a job to stop, in this process or another, and returns it.
    ///
    /// # Errors
    /// When there is no such job or the control store fails.
    pub async fn cancel(&self, id: &str) -> Result<JobView, EngineError> {
        let view = self.get(id).await?;
        if view.finished_at.is_none() {
            let name = id.to_owned();
            match self.0.blocking(move |control| control.request_job_cancel(&name)).await {
                // It ended in the meantime.
                Ok(()) | Err(EngineError::Control(control::ControlError::Absent { .. })) => {}
                Err(error) => return Err(error),
            }
            if let Some(token) = self.0.running().get(id) {
                token.cancel();
            }
            self.0.publish(id).await?;
        }
        self.get(id).await
    }

    /// The newest jobs, newest first.
    ///
    /// # Errors
    /// When the control store fails.
    pub async fn list(&self, limit: u32) -> Result<Vec<JobView>, EngineError> {
        let now = self.0.context.now_ms();
        self.0
            .blocking(move |control| {
                control.interrupt_orphans(now)?;
                let records = control.jobs(JobFilter { open_only: false, limit })?;
                records.into_iter().map(|record| view::view(control, record)).collect()
            })
            .await
    }

    /// All jobs that have not ended, of every process, newest first.
    ///
    /// # Errors
    /// When the control store fails.
    pub async fn open(&self) -> Result<Vec<JobView>, EngineError> {
        let now = self.0.context.now_ms();
        self.0
            .blocking(move |control| {
                control.interrupt_orphans(now)?;
                let records = control.jobs(JobFilter { open_only: true, limit: 0 })?;
                records.into_iter().map(|record| view::view(control, record)).collect()
            })
            .await
    }

    /// A job of a kind that has not ended, in this process or another.
    ///
    /// # Errors
    /// When the control store fails.
    pub async fn open_of(&self, verb: Verb) -> Result<Option<JobView>, EngineError> {
        Ok(self.open().await?.into_iter().find(|job| job.verb == verb))
    }

    /// One job.
    ///
    /// # Errors
    /// When there is no such job or the control store fails.
    pub async fn get(&self, id: &str) -> Result<JobView, EngineError> {
        let view = self.0.view(id).await?;
        if view.finished_at.is_some() || self.0.running().contains_key(id) {
            return Ok(view);
        }
        // Another process' job: that process may have died since.
        let now = self.0.context.now_ms();
        self.0.blocking(move |control| control.interrupt_orphans(now)).await?;
        self.0.view(id).await
    }

    /// Waits until a job has ended and returns it.
    ///
    /// # Errors
    /// When there is no such job or the control store fails.
    pub async fn wait(&self, id: &str) -> Result<JobView, EngineError> {
        let mut events = self.subscribe();
        loop {
            let view = self.get(id).await?;
            if view.finished_at.is_some() {
                return Ok(view);
            }
            // A missed view is made up for by the next look; the sender lives as long as `self`.
            let _ = tokio::time::timeout(Duration::from_secs(1), events.recv()).await;
        }
    }

    /// Waits until no job of this process is at work.
    pub async fn drained(&self) {
        self.0.tasks.close();
        self.0.tasks.wait().await;
        self.0.tasks.reopen();
    }

    /// Asks all jobs of this process to stop and waits until they have.
    pub async fn shut_down(&self) {
        for token in self.0.running().values() {
            token.cancel();
        }
        self.drained().await;
    }
}

impl Shared {
    async fn run<W, F>(self: Arc<Self>, handle: JobHandle, spec: JobSpec, work: W)
    where
        W: FnOnce(JobHandle) -> F + Send + 'static,
        F: Future<Output = Result<JobEnd, EngineError>> + Send + 'static,
    {
        let ticker = tokio::spawn(Arc::clone(&self).tick(handle.clone()));
        let place = self.place(&handle, &spec).await;
        let result = match &place {
            Ok(_) => self.work(&handle, work).await,
            Err(_) => Err(EngineError::Cancelled),
        };
        ticker.abort();
        let id = handle.id().to_owned();
        self.running().remove(&id);
        // A crash test's end leaves what a killed process would leave: an open job.
        if matches!(result, Err(EngineError::Crashed { .. })) {
            return;
        }
        if let Err(error) = self.finish(&handle, &spec, result).await {
            tracing::error!(job = %id, %error, "the end of a job could not be recorded");
        }
        // Held until the end is told: what is shown at work never exceeds what may be.
        drop(place);
    }

    /// Waits for a place, unless the job is to stop first.
    async fn place(&self, handle: &JobHandle, spec: &JobSpec) -> Result<Place<'_>, EngineError> {
        let place = async {
            let restoring = match spec.verb {
                Verb::Restore => self.restoring.acquire().await.ok(),
                _ => None,
            };
            // What runs for ever must not keep others waiting; what makes room in a full
            // store must not wait for those that wait for room.
            let place = match spec.verb {
                Verb::Follow | Verb::Listen | Verb::Schedule | Verb::Prune | Verb::Retention => {
                    None
                }
                _ => self.places.acquire().await.ok(),
            };
            (restoring, place)
        };
        tokio::select! {
            place = place => Ok(place),
            () = handle.cancel().cancelled() => Err(EngineError::Cancelled),
        }
    }

    async fn work<W, F>(&self, handle: &JobHandle, work: W) -> Result<JobEnd, EngineError>
    where
        W: FnOnce(JobHandle) -> F,
        F: Future<Output = Result<JobEnd, EngineError>> + Send + 'static,
    {
        let id = handle.id().to_owned();
        self.blocking(move |control| control.set_job_state(&id, control::JobState::Running))
            .await?;
        self.publish(handle.id()).await?;
        // A task of its own: a panic ends the job, not the runner.
        tokio::spawn(work(handle.clone())).await?
    }

    async fn finish(
        &self,
        handle: &JobHandle,
        spec: &JobSpec,
        result: Result<JobEnd, EngineError>,
    ) -> Result<(), EngineError> {
        use control::JobState;
        let (state, error, outcome) = match result {
            Ok(end) if end.with_problems => (JobState::DoneWithProblems, None, Some(end.outcome)),
            Ok(end) => (JobState::Done, None, Some(end.outcome)),
            Err(EngineError::Cancelled) => (JobState::Cancelled, None, None),
            Err(error) => {
                tracing::warn!(job = handle.id(), verb = spec.verb.name(), %error, "job failed");
                (JobState::Failed, Some(json!(error.problem())), None)
            }
        };
        let now = self.context.now_ms();
        let progress = handle.meter.read(now).map(|progress| json!(progress));
        let id = handle.id().to_owned();
        self.audit(&id, spec, state.name(), error.clone().unwrap_or(Value::Null)).await?;
        self.blocking(move |control| {
            if let Some(progress) = progress {
                control.update_job_progress(&id, &progress)?;
            }
            control.finish_job(&id, state, now, error.as_ref(), outcome.as_ref())
        })
        .await?;
        self.publish(handle.id()).await
    }

    /// Tells progress and looks for a request to stop that another process made.
    async fn tick(self: Arc<Self>, handle: JobHandle) {
        let mut interval = tokio::time::interval(TICK);
        interval.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Skip);
        let mut told = None;
        loop {
            interval.tick().await;
            if let Err(error) = self.tell(&handle, &mut told).await {
                tracing::warn!(job = handle.id(), %error, "progress could not be told");
            }
        }
    }

    async fn tell(
        &self,
        handle: &JobHandle,
        told: &mut Option<crate::job::Progress>,
    ) -> Result<(), EngineError> {
        let id = handle.id().to_owned();
        let record = self.blocking(move |control| control.job(&id)).await?;
        if record.is_some_and(|record| record.cancel_requested) {
            handle.cancel().cancel();
        }
        let progress = handle.meter.read(self.context.now_ms());
        if progress == *told {
            return Ok(());
        }
        if let Some(progress) = &progress {
            let (id, value) = (handle.id().to_owned(), json!(progress));
            self.blocking(move |control| control.update_job_progress(&id, &value)).await?;
        }
        *told = progress;
        self.publish(handle.id()).await
    }

    async fn record(&self, id: &str, spec: &JobSpec) -> Result<(), EngineError> {
        let now = self.context.now_ms();
        let (name, copy, actor) = (id.to_owned(), spec.clone(), self.context.actor.clone());
        self.blocking(move |control| {
            control.insert_job(&NewJob {
                id: &name,
                verb: copy.verb.name(),
                subject: &copy.subject,
                actor: &actor,
                request: &copy.request,
                started_at: now,
            })
        })
        .await?;
        self.audit(id, spec, "started", spec.request.clone()).await
    }

    async fn audit(
        &self,
        id: &str,
        spec: &JobSpec,
        outcome: &'static str,
        detail: Value,
    ) -> Result<(), EngineError> {
        let (at, actor) = (self.context.now_ms(), self.context.actor.clone());
        let (spec, detail) = (spec.clone(), json!({"job": id, "detail": detail}));
        self.blocking(move |control| {
            control.append_audit(&NewAuditEntry {
                at,
                actor: &actor,
                verb: spec.verb.name(),
                subject: &spec.subject,
                outcome,
                detail: &detail,
            })
        })
        .await
        .map(drop)
    }

    async fn view(&self, id: &str) -> Result<JobView, EngineError> {
        let name = id.to_owned();
        let view = self
            .blocking(move |control| {
                control.job(&name)?.map(|record| view::view(control, record)).transpose()
            })
            .await?;
        view.ok_or_else(|| EngineError::NoSuchJob { id: id.to_owned() })
    }

    async fn publish(&self, id: &str) -> Result<(), EngineError> {
        let view = self.view(id).await?;
        // Nobody listening is no fault.
        let _ = self.events.send(view);
        Ok(())
    }

    async fn blocking<T: Send + 'static>(
        &self,
        body: impl FnOnce(&Control) -> Result<T, control::ControlError> + Send + 'static,
    ) -> Result<T, EngineError> {
        let control = Arc::clone(&self.control);
        Ok(tokio::task::spawn_blocking(move || body(&control)).await??)
    }

    fn running(&self) -> std::sync::MutexGuard<'_, HashMap<String, CancellationToken>> {
        self.running.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}
