//! The engine: context, connections, control store and jobs in one handle.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::{Arc, OnceLock, RwLock};

use control::{Control, ControlError, NewAuditEntry};
use secrecy::SecretString;
use serde_json::Value;
use source::events::RabbitSource;
use source::mongo::MongoSource;
use source::redis_source::RedisSource;
use tokio::runtime::Handle;
use vault::Vault;

use crate::context::EngineContext;
use crate::error::EngineError;
use crate::games::ReadLately;
use crate::impact::{ImpactPolicy, Quiet};
use crate::jobs::JobRunner;
use crate::open::OpenedFiles;
use crate::restore::KeptFindings;
use crate::snapshot::SnapshotPolicy;
use crate::stores::StorePlace;
use crate::stores::outcome::{SeparationWarning, StoreName};

/// What is connected at the moment.
#[derive(Debug, Clone, Default)]
pub struct Connections {
    /// The game database.
    pub source: Option<MongoSource>,
    /// The game service's Redis.
    pub redis: Option<RedisSource>,
    /// Where the game service publishes its events on RabbitMQ, when it does.
    pub rabbitmq: Option<RabbitSource>,
    /// The backup store.
    pub vault: Option<Vault>,
    /// `sandbox`, `development`, `test` or `production`.
    pub environment: String,
    /// Which store of the configuration `vault` lies in.
    pub store: StoreName,
    /// The other stores of the configuration.
    pub others: BTreeMap<StoreName, StorePlace>,
    /// What is not apart that should be; backups are refused for it in production.
    pub warnings: Vec<SeparationWarning>,
    /// Named servers that a restore may write to, by name: MongoDB connection strings.
    pub targets: BTreeMap<String, SecretString>,
    /// How much jobs that read the game database may slow it down.
    pub impact: ImpactPolicy,
    /// What snapshots are taken of by themselves, and how long they are kept.
    pub snapshots: SnapshotPolicy,
}

#[derive(Debug)]
struct Parts {
    context: EngineContext,
    connections: RwLock<Connections>,
    control: Arc<Control>,
    jobs: JobRunner,
    /// Threads of low priority, once something ran there, and the runtime that it was asked from.
    quiet: OnceLock<(Quiet, Handle)>,
    findings: KeptFindings,
    opened: OpenedFiles,
    read_lately: ReadLately,
}

/// The use cases' common ground. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Engine(Arc<Parts>);

impl Engine {
    /// An engine over an open control store.
    #[must_use]
    pub fn new(context: EngineContext, connections: Connections, control: Arc<Control>) -> Self {
        let jobs = JobRunner::new(context.clone(), Arc::clone(&control));
        let (connections, quiet) = (RwLock::new(connections), OnceLock::new());
        Self(Arc::new(Parts {
            context,
            connections,
            control,
            jobs,
            quiet,
            findings: KeptFindings::default(),
            opened: OpenedFiles::default(),
            read_lately: ReadLately::default(),
        }))
    }

    /// What the newest plan of a restore found to differ.
    pub(crate) fn findings(&self) -> &KeptFindings {
        &self.0.findings
    }

    /// The files of games that are open.
    pub(crate) fn opened(&self) -> &OpenedFiles {
        &self.0.opened
    }

    /// The games read lately out of what does not change.
    pub(crate) fn read_lately(&self) -> &ReadLately {
        &self.0.read_lately
    }

    /// Time, randomness, identity.
    #[must_use]
    pub fn context(&self) -> &EngineContext {
        &self.0.context
    }

    /// Starts, follows and stops jobs.
    #[must_use]
    pub fn jobs(&self) -> &JobRunner {
        &self.0.jobs
    }

    /// What is connected at the moment.
    #[must_use]
    pub fn connections(&self) -> Connections {
        self.0.connections.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// Replaces the connections; jobs at work keep those they began with.
    pub fn connect(&self, connections: Connections) {
        *self.0.connections.write().unwrap_or_else(std::sync::PoisonError::into_inner) =
            connections;
    }

    /// The same engine, looking at another database that is of no game service.
    pub(crate) fn looking_at(&self, source: MongoSource) -> Self {
        let apart =
            Connections { source: Some(source), redis: None, rabbitmq: None, ..self.connections() };
        Self::new(self.context().clone(), apart, Arc::clone(&self.0.control))
    }

    /// The game database.
    ///
    /// # Errors
    /// [`EngineError::NotConnected`].
    pub fn source(&self) -> Result<MongoSource, EngineError> {
        self.connections().source.ok_or(EngineError::NotConnected { what: "mongodb" })
    }

    /// The backup store.
    ///
    /// # Errors
    /// [`EngineError::NotConnected`].
    pub fn vault(&self) -> Result<Vault, EngineError> {
        self.connections().vault.ok_or(EngineError::NotConnected { what: "vault" })
    }

    /// The backup store, where it is the primary: backups are taken and keys changed there alone.
    ///
    /// # Errors
    /// [`EngineError::NotConnected`], [`EngineError::NotPrimary`].
    pub fn primary(&self) -> Result<Vault, EngineError> {
        let Connections { store, vault, .. } = self.connections();
        match (store, vault) {
            (_, None) => Err(EngineError::NotConnected { what: "vault" }),
            (StoreName::Primary, Some(vault)) => Ok(vault),
            (store, Some(_)) => Err(EngineError::NotPrimary { store: store.name() }),
        }
    }

    /// Runs a call of the control store on a blocking thread.
    ///
    /// # Errors
    /// What the call fails with.
    pub async fn control<T: Send + 'static>(
        &self,
        body: impl FnOnce(&Control) -> Result<T, ControlError> + Send + 'static,
    ) -> Result<T, EngineError> {
        let control = Arc::clone(&self.0.control);
        // Never on threads that give way to others: they would hold the control store.
        let runtime = self.0.quiet.get().map_or_else(Handle::current, |(_, home)| home.clone());
        Ok(runtime.spawn_blocking(move || body(&control)).await??)
    }

    /// Runs `work` on threads that give way to everybody else on the machine.
    ///
    /// # Errors
    /// What `work` fails with.
    pub(crate) async fn quietly<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, EngineError>> + Send + 'static,
    ) -> Result<T, EngineError> {
        let quiet = match self.0.quiet.get() {
            Some((quiet, _)) => quiet,
            None => {
                let started = Quiet::start().map_err(|error| EngineError::Worker {
                    detail: format!("threads of low priority cannot be started: {error}"),
                })?;
                &self.0.quiet.get_or_init(|| (started, Handle::current())).0
            }
        };
        quiet.run(work).await
    }

    /// Records an act that is no job in the audit chain.
    ///
    /// # Errors
    /// When the control store fails.
    pub async fn audit(
        &self,
        verb: &str,
        subject: &str,
        outcome: &str,
        detail: Value,
    ) -> Result<(), EngineError> {
        let (at, actor) = (self.context().now_ms(), self.context().actor.clone());
        let (verb, subject, outcome) = (verb.to_owned(), subject.to_owned(), outcome.to_owned());
        self.control(move |control| {
            control.append_audit(&NewAuditEntry {
                at,
                actor: &actor,
                verb: &verb,
                subject: &subject,
                outcome: &outcome,
                detail: &detail,
            })
        })
        .await
        .map(drop)
    }
}
