//! The service behind the contract: one per process, shared by all its faces.

mod connect;
mod failure;
mod handlers;
mod identity;
mod keys;
mod notify;
mod options;
mod play;
mod policy;
mod sandbox;
mod settings;
mod state;

pub use options::{ServiceOptions, SimulationScale};

use std::sync::Arc;

use engine::control::Control;
use engine::job::JobView;
use engine::stores::outcome::{SeparationWarning, StoreName};
use engine::vault::{SystemClock, SystemEntropy};
use engine::{Connections, Engine, EngineContext};
use serde_json::{Value, json};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::connection::{Config, GameService, Home};
use crate::contract::{Answer, Caller, Description, Operation, dispatch};
use crate::error::ApiError;
use crate::event::ApiEvent;
use state::State;

/// Events kept for a slow listener; one that falls further behind misses the oldest.
const EVENTS: usize = 512;

/// The service. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Service(Arc<Shared>);

/// What the handlers work on.
#[derive(Debug)]
pub(crate) struct Shared {
    options: ServiceOptions,
    home: Home,
    config: Config,
    engine: Engine,
    state: State,
    events: broadcast::Sender<ApiEvent>,
    tasks: TaskTracker,
    closing: CancellationToken,
}

impl Service {
    /// Opens the home folder and the control store. Connects to nothing yet, unless the options
    /// say that this happens in the background.
    ///
    /// # Errors
    /// When the home folder, the control store or the configuration cannot be used.
    pub async fn start(options: ServiceOptions) -> Result<Self, ApiError> {
        let home = Home::open(&options.home)?;
        let config = match &options.config {
            Some(path) => Config::load(path)?,
            None => Config::default(),
        };
        let context = EngineContext::new(
            Arc::new(SystemClock),
            Arc::new(SystemEntropy),
            options.actor.clone(),
            env!("CARGO_PKG_VERSION"),
        );
        let (path, now) = (home.control(), context.now_ms());
        let control = tokio::task::spawn_blocking(move || Control::open(&path, now))
            .await
            .map_err(engine::EngineError::from)?
            .map_err(engine::EngineError::from)?;
        let engine = Engine::new(context, Connections::default(), Arc::new(control));
        let service = Self(Arc::new(Shared {
            events: broadcast::channel(EVENTS).0,
            tasks: TaskTracker::new(),
            closing: CancellationToken::new(),
            state: State::default(),
            options,
            home,
            config,
            engine,
        }));
        notify::follow_jobs(&service.0);
        if service.0.options.connect_in_background {
            connect::in_background(&service.0);
        }
        Ok(service)
    }

    /// Runs an operation for `caller`: checks the permission, reads and validates the request,
    /// runs the handler, records the act, and tells which cached parts became stale.
    ///
    /// # Errors
    /// What the operation fails with; `forbidden` when the caller may not ask for it.
    pub async fn call(
        &self,
        caller: &Caller,
        operation: Operation,
        request: Value,
    ) -> Result<Value, ApiError> {
        let description = operation.description();
        if !caller.role.allows(description.permission) {
            let error = ApiError::forbidden(description.name);
            self.record(description, "", "refused", &json!(error)).await;
            return Err(error);
        }
        let Answer { subject, result } = dispatch(&self.0, caller, operation, request).await;
        match &result {
            // A job records its own beginning and end.
            Ok(response) if response.get("jobId").is_some() => {}
            Ok(_) => self.record(description, &subject, "done", &Value::Null).await,
            Err(error) => self.record(description, &subject, "failed", &json!(error)).await,
        }
        if result.is_ok() && !description.invalidates.is_empty() {
            self.0.tell(ApiEvent::Invalidate { tags: description.invalidates.to_vec() });
        }
        result
    }

    /// What the service tells without being asked, from now on.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<ApiEvent> {
        self.0.events.subscribe()
    }

    /// The person at this machine.
    #[must_use]
    pub fn local_owner(&self) -> Caller {
        Caller::local_owner(self.0.options.actor.clone())
    }

    /// The console's home folder.
    #[must_use]
    pub fn home(&self) -> &Home {
        &self.0.home
    }

    /// Connects to what the configuration names, else to what was connected last; returns whether
    /// there was anything to connect to.
    ///
    /// # Errors
    /// When something that is named does not answer or cannot be opened.
    pub async fn reconnect(&self) -> Result<bool, ApiError> {
        connect::again(&self.0).await
    }

    /// Creates a vault at the store of the configuration and returns where it lies.
    ///
    /// # Errors
    /// When the store cannot be used or holds a vault already.
    pub async fn create_vault(&self) -> Result<String, ApiError> {
        connect::create_vault(&self.0).await
    }

    /// The game service of the configuration or the environment, where one is named and its data
    /// may be made up.
    ///
    /// # Errors
    /// `forbidden` when it is in production; when a secret it names cannot be read.
    pub fn game_service(&self) -> Result<Option<GameService>, ApiError> {
        connect::game_service(&self.0)
    }

    /// What of the stores is not apart from MongoDB or from each other.
    #[must_use]
    pub fn separation_warnings(&self) -> Vec<SeparationWarning> {
        self.0.engine.connections().warnings
    }

    /// Names of the replicas that the configuration describes.
    #[must_use]
    pub fn replicas(&self) -> Vec<StoreName> {
        let names = self.0.engine.connections().others.into_keys();
        names.filter(|name| *name != StoreName::Primary).collect()
    }

    /// Waits until a job of this service has ended.
    ///
    /// # Errors
    /// When there is no such job.
    pub async fn job_ended(&self, id: &str) -> Result<JobView, ApiError> {
        Ok(self.0.engine.jobs().wait(id).await?)
    }

    /// Stops jobs, games and servers of this process, in this order.
    pub async fn shut_down(&self) {
        self.0.closing.cancel();
        self.0.engine.jobs().shut_down().await;
        self.0.tasks.close();
        self.0.tasks.wait().await;
        if let Err(error) = sandbox::stop(&self.0).await {
            tracing::warn!(%error, "the sandbox did not stop cleanly; the next start clears it up");
        }
    }

    /// Acts that leave an audit entry are recorded whether they succeed or not.
    async fn record(&self, what: &Description, subject: &str, outcome: &str, detail: &Value) {
        let Some(verb) = what.audit else { return };
        if let Err(error) = self.0.engine.audit(verb, subject, outcome, detail.clone()).await {
            tracing::error!(%error, verb, outcome, "an act could not be recorded in the audit chain");
        }
    }
}

impl Shared {
    fn tell(&self, event: ApiEvent) {
        // Nobody listening is no fault.
        let _ = self.events.send(event);
    }
}
