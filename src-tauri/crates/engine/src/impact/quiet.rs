//! Threads that give way to everybody else on the machine.

use std::future::Future;

use tokio::runtime::{Builder, Handle, Runtime};

use crate::error::EngineError;

/// Threads that run the asynchronous part.
const THREADS: usize = 2;
/// Threads at most that compute and write beside them.
const BLOCKING: usize = 16;

/// A runtime of its own at the system's lowest priority.
#[derive(Debug)]
pub(crate) struct Quiet(Option<Runtime>);

impl Quiet {
    /// Starts the threads.
    pub(crate) fn start() -> std::io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(THREADS)
            .max_blocking_threads(BLOCKING)
            .thread_name("avault-quiet")
            .on_thread_start(give_way)
            .enable_all()
            .build()?;
        Ok(Self(Some(runtime)))
    }

    /// Runs `work` on these threads.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, EngineError>> + Send + 'static,
    ) -> Result<T, EngineError> {
        match &self.0 {
            Some(runtime) => runtime.spawn(work).await?,
            None => Handle::current().spawn(work).await?,
        }
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        // A plain drop would wait, which asynchronous code must not.
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// Lowers the priority of this thread. Where the system refuses, it stays as it is.
fn give_way() {
    if let Err(error) = lower() {
        tracing::debug!(?error, "a thread keeps its priority");
    }
}

/// The class of threads that run when nobody else wants to: a waking thread of the server takes the
/// processor from them at once.
#[cfg(target_os = "linux")]
fn lower() -> Result<(), thread_priority::Error> {
    use thread_priority::unix::{NormalThreadSchedulePolicy, ThreadSchedulePolicy};
    use thread_priority::unix::{set_thread_priority_and_policy, thread_native_id};
    let idle = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
    set_thread_priority_and_policy(thread_native_id(), thread_priority::ThreadPriority::Min, idle)
}

#[cfg(not(target_os = "linux"))]
fn lower() -> Result<(), thread_priority::Error> {
    thread_priority::set_current_thread_priority(thread_priority::ThreadPriority::Min)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn its_threads_are_of_the_idle_class_and_others_are_not() {
        use thread_priority::unix::thread_schedule_policy;
        use thread_priority::unix::{NormalThreadSchedulePolicy, ThreadSchedulePolicy};
        let idle = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
        let quiet = Quiet::start().unwrap();
        let found = quiet
            .run(async move {
                let blocking = tokio::task::spawn_blocking(|| thread_schedule_policy().unwrap());
                Ok((thread_schedule_policy().unwrap(), blocking.await?))
            })
            .await
            .unwrap();
        assert_eq!(found, (idle, idle));
        assert_ne!(thread_schedule_policy().unwrap(), idle);
    }
}
