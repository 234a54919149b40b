use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use control::{Control, JobLine};
use serde_json::json;
use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;

use super::meter::Meter;
use crate::context::EngineContext;
use crate::error::EngineError;
use crate::job::{Throttling, Unit};

/// A job from the inside: what a use case tells of itself and asks for.
#[derive(Debug, Clone)]
pub struct JobHandle {
    id: Arc<str>,
    cancel: CancellationToken,
    pub(crate) meter: Arc<Meter>,
    control: Arc<Control>,
    context: EngineContext,
    /// Where the control store is called: never on threads that give way to others, since they
    /// would hold it.
    runtime: Handle,
}

/// A phase of a job's work.
#[derive(Debug, Clone, Copy)]
pub struct Phase<'a> {
    /// Stable code.
    pub code: &'a str,
    /// What is counted.
    pub unit: Unit,
    /// How much there is to do, where known.
    pub total: Option<u64>,
}

impl JobHandle {
    pub(crate) fn new(
        id: &str,
        cancel: CancellationToken,
        control: Arc<Control>,
        context: EngineContext,
    ) -> Self {
        let (id, meter, runtime) = (id.into(), Arc::default(), Handle::current());
        Self { id, cancel, meter, control, context, runtime }
    }

    /// The same job for work beside that whose progress is shown: its own is not.
    #[must_use]
    pub(crate) fn beside(&self) -> Self {
        Self { meter: Arc::default(), ..self.clone() }
    }

    /// The job's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Fires when the job is to stop.
    #[must_use]
    pub fn cancel(&self) -> &CancellationToken {
        &self.cancel
    }

    /// Goes on, unless the job is to stop.
    ///
    /// # Errors
    /// [`EngineError::Cancelled`].
    pub fn check(&self) -> Result<(), EngineError> {
        if self.cancel.is_cancelled() { Err(EngineError::Cancelled) } else { Ok(()) }
    }

    /// Waits; true when the job is to stop.
    pub(crate) async fn pause(&self, time: Duration) -> bool {
        tokio::select! {
            () = tokio::time::sleep(time) => self.cancel.is_cancelled(),
            () = self.cancel.cancelled() => true,
        }
    }

    /// Begins a phase; progress counts from zero again.
    pub fn phase(&self, phase: Phase<'_>) {
        self.meter.begin(phase.code, phase.unit, phase.total);
    }

    /// Counts progress of the phase.
    pub fn advance(&self, amount: u64) {
        self.meter.advance(amount);
    }

    /// Sets progress of the phase, and its total where that became known.
    pub fn set_progress(&self, done: u64, total: Option<u64>) {
        self.meter.set(done, total);
    }

    /// Tells how the job is held back.
    pub fn throttling(&self, throttling: Throttling) {
        self.meter.throttling(throttling);
    }

    /// Shows `phase` in place of the phase at work, whose progress stays; none: goes on.
    pub fn held(&self, phase: Option<&str>) {
        self.meter.held(phase);
    }

    /// Names the thing at hand.
    pub fn detail(&self, detail: &str) {
        self.meter.detail(detail);
    }

    /// Writes a line of the job's log: a stable code and the values for its text.
    ///
    /// # Errors
    /// When the control store fails.
    pub async fn line(&self, code: &str, context: &[(&str, String)]) -> Result<(), EngineError> {
        let context: BTreeMap<_, _> = context.iter().cloned().collect();
        let line =
            JobLine { at: self.context.now_ms(), code: code.to_owned(), context: json!(context) };
        let (control, id) = (Arc::clone(&self.control), Arc::clone(&self.id));
        self.runtime.spawn_blocking(move || control.append_job_line(&id, &line)).await??;
        Ok(())
    }

    /// Keeps a checkpoint that a later run of the same job can read.
    ///
    /// # Errors
    /// When the control store fails.
    pub async fn checkpoint(&self, name: &str, value: Vec<u8>) -> Result<(), EngineError> {
        let (control, id, name) =
            (Arc::clone(&self.control), Arc::clone(&self.id), name.to_owned());
        self.runtime.spawn_blocking(move || control.put_checkpoint(&id, &name, &value)).await??;
        Ok(())
    }
}
