//! A command's conversation with the service.

use api::engine::job::{JobState, JobView};
use api::message::job::JobStarted;
use api::service::{Service, ServiceOptions};
use api::{ApiError, Caller, Operation};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::arguments::Global;
use crate::failure::Failure;
use crate::print::Style;
use crate::progress;

/// A service of this process and who asks it.
pub struct Session {
    pub service: Service,
    caller: Caller,
}

impl Session {
    /// Opens the service without connecting to anything.
    pub async fn open(options: ServiceOptions) -> Result<Self, Failure> {
        let service = Service::start(options).await?;
        Ok(Self { caller: service.local_owner(), service })
    }

    /// Opens the service and connects it to what the configuration names or was connected last.
    pub async fn connected(options: ServiceOptions) -> Result<Self, Failure> {
        let session = Self::open(options).await?;
        if session.service.reconnect().await? {
            return Ok(session);
        }
        Err(ApiError::permanent("not_connected", "nothing says what to connect to")
            .hint(
                "Name a configuration with --config, or start a sandbox with `avault sandbox up`.",
            )
            .into())
    }

    /// Asks one operation.
    pub async fn ask<R: DeserializeOwned>(
        &self,
        operation: Operation,
        request: impl Serialize,
    ) -> Result<R, Failure> {
        let answer = self.service.call(&self.caller, operation, json!(request)).await?;
        serde_json::from_value(answer).map_err(|error| {
            let name = operation.description().name;
            ApiError::permanent("internal", format!("the answer of {name} is unreadable: {error}"))
                .into()
        })
    }

    /// Starts a job, shows its progress on standard error, and returns it when it has ended.
    /// The first interrupt asks it to stop; its end is waited for.
    pub async fn job(
        &self,
        operation: Operation,
        request: impl Serialize,
    ) -> Result<JobView, Failure> {
        let bar = progress::Bar::begin(self.service.events());
        let started: JobStarted = self.ask(operation, request).await?;
        let ended = tokio::select! {
            ended = self.service.job_ended(&started.job_id) => ended?,
            _ = tokio::signal::ctrl_c() => {
                let id = json!({"id": started.job_id});
                self.service.call(&self.caller, Operation::JobCancel, id).await?;
                self.service.job_ended(&started.job_id).await?
            }
        };
        bar.end().await;
        settled(ended)
    }

    /// Starts a job and returns its outcome.
    pub async fn outcome<R: DeserializeOwned>(
        &self,
        operation: Operation,
        request: impl Serialize,
    ) -> Result<R, Failure> {
        let job = self.job(operation, request).await?;
        serde_json::from_value(job.outcome.unwrap_or_default()).map_err(|error| {
            ApiError::permanent("internal", format!("a job's outcome is unreadable: {error}"))
                .into()
        })
    }

    /// Says on standard error which stores are lost together with what they are to outlive.
    pub fn warn_of_separation(&self) {
        let style = Style::of_stderr();
        for warning in self.service.separation_warnings() {
            eprintln!("{} {}", style.attention("warning:"), warning.message);
        }
    }

    /// Ends the service in order.
    pub async fn close(self) {
        self.service.shut_down().await;
    }
}

/// The job, if it ran to its end; else its error.
fn settled(job: JobView) -> Result<JobView, Failure> {
    let error = match (&job.error, job.state) {
        (_, JobState::Done | JobState::DoneWithProblems) => return Ok(job),
        (Some(problem), _) => ApiError {
            hint: problem.hint.clone(),
            context: problem.context.clone(),
            ..ApiError::permanent(&problem.code, problem.message.clone())
        },
        (None, JobState::Cancelled) => ApiError::permanent("cancelled", "stopped on request"),
        (None, _) => ApiError::permanent("job_failed", "the job did not end well"),
    };
    Err(error.into())
}

/// What the service is started with, from the command line and the environment.
pub fn options(global: &Global) -> ServiceOptions {
    let mut options = ServiceOptions::from_environment(|name| std::env::var(name).ok());
    if let Some(home) = &global.home {
        options.home.clone_from(home);
    }
    options.config.clone_from(&global.config);
    options.store.clone_from(&global.store);
    options
}
