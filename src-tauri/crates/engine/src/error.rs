//! What a use case could not do, and how that is shown.

use control::ControlError;
use dump::DumpError;
use source::SourceError;
use vault::VaultError;

/// A failure of a use case.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// Something needed is not connected.
    #[error("no {what} is connected")]
    NotConnected {
        /// `mongodb`, `redis` or `vault`.
        what: &'static str,
    },
    /// Live data could not be read or written.
    #[error(transparent)]
    Source(Box<SourceError>),
    /// The backup store failed.
    #[error(transparent)]
    Vault(Box<VaultError>),
    /// The configuration names no such store.
    #[error("no store is called {name}")]
    NoSuchStore {
        /// The name asked for.
        name: &'static str,
    },
    /// What is connected is a copy.
    #[error("the {store} store is connected, and this is done in the primary store alone")]
    NotPrimary {
        /// The store.
        store: &'static str,
    },
    /// A store is not apart from what it is to outlive.
    #[error("{detail}; in production nothing is backed up to the {store} store as it is")]
    NotSeparated {
        /// The store.
        store: &'static str,
        /// What it is not apart from.
        detail: String,
    },
    /// A store does not do what a vault needs.
    #[error("no vault can live at {location}: {detail}")]
    StoreUnusable {
        /// Where.
        location: String,
        /// What a probe saw.
        detail: String,
    },
    /// A replica must be sound before something is added to it.
    #[error("the {store} store is damaged: `{object}`: {detail}")]
    StoreDamaged {
        /// The store.
        store: &'static str,
        /// The object's key.
        object: String,
        /// What is wrong with it.
        detail: String,
    },
    /// The control store failed.
    #[error(transparent)]
    Control(#[from] ControlError),
    /// A dump could not be read or written.
    #[error(transparent)]
    Dump(Box<DumpError>),
    /// Something is where something new was to be written.
    #[error("{place} is not empty: it holds {found}")]
    NotEmpty {
        /// The file, folder or database.
        place: String,
        /// Something of what is there.
        found: String,
    },
    /// A file beside a dump could not be read or written.
    #[error("{doing} {path} failed: {error}")]
    File {
        /// What was being done.
        doing: &'static str,
        /// The file or folder.
        path: String,
        /// The system's error.
        #[source]
        error: std::io::Error,
    },
    /// A dump holds something that cannot be imported.
    #[error("{path} cannot be imported: {reason}")]
    DumpRefused {
        /// The dump.
        path: String,
        /// Why.
        reason: String,
    },
    /// Stopped on request.
    #[error("stopped on request")]
    Cancelled,
    /// There is no backup to work on.
    #[error("the vault holds no backup yet")]
    NoBackup,
    /// There are backups, but none of all that makes up the service.
    #[error("no backup in the vault holds all data classes; the newest of some is {newest}")]
    NoCompleteBackup {
        /// The newest backup of some classes.
        newest: String,
    },
    /// No such backup.
    #[error("there is no backup {id}")]
    NoSuchBackup {
        /// The id asked for.
        id: String,
    },
    /// The backup lacks a class that was asked for.
    #[error("backup {backup} does not hold the class {class}")]
    ClassAbsent {
        /// The set.
        backup: String,
        /// The class.
        class: String,
    },
    /// Two classes share a collection, and only one was asked for.
    #[error("{collection} holds documents of the classes {classes} together")]
    SharedCollection {
        /// The collection.
        collection: String,
        /// The classes that own documents in it.
        classes: String,
    },
    /// No such plan.
    #[error("there is no plan {plan}")]
    NoSuchPlan {
        /// The id asked for.
        plan: String,
    },
    /// The live data moved since the plan was made.
    #[error("the live data changed since plan {plan} was made: {detail}")]
    StalePlan {
        /// The plan.
        plan: String,
        /// What changed.
        detail: String,
    },
    /// A plan is applied once.
    #[error("plan {plan} was applied by job {job}")]
    PlanUsed {
        /// The plan.
        plan: String,
        /// Who used it.
        job: String,
    },
    /// The typed name is not the one to confirm.
    #[error("the name typed does not confirm this restore; expected {expected}")]
    NotConfirmed {
        /// What had to be typed.
        expected: String,
    },
    /// What was read back is not what the manifest says.
    #[error(
        "{collection}: the manifest says {expected_documents} documents with digest \
         {expected_digest}, read back were {documents} with {digest}"
    )]
    NotVerified {
        /// The collection.
        collection: String,
        /// Documents by the manifest.
        expected_documents: u64,
        /// Digest by the manifest, hex.
        expected_digest: String,
        /// Documents read back.
        documents: u64,
        /// Digest read back, hex.
        digest: String,
    },
    /// What was written over a live collection does not stand there.
    #[error(
        "{collection}: {documents} of the documents that were restored are not as they were written"
    )]
    DocumentsDiffer {
        /// The collection.
        collection: String,
        /// How many of them.
        documents: u64,
    },
    /// A target that the configuration does not name.
    #[error("no target server is called {name}")]
    UnknownTarget {
        /// The name asked for.
        name: String,
    },
    /// Another restore's switch stands open on the same database.
    #[error("database {database} has an unfinished switch ({journal})")]
    SwitchOpen {
        /// The database.
        database: String,
        /// The journal's id.
        journal: String,
    },
    /// A switch's journal cannot be understood or carried out.
    #[error("the journal {journal} of a switch cannot be carried out: {detail}")]
    JournalUnusable {
        /// The journal's id.
        journal: String,
        /// Why.
        detail: String,
    },
    /// A manifest holds something this version does not understand.
    #[error("backup {backup} cannot be used: {detail}")]
    BackupUnusable {
        /// The set.
        backup: String,
        /// Why.
        detail: String,
    },
    /// No backup and log lead to the point.
    #[error("{at} cannot be restored; what can: {ranges}")]
    PointUnreachable {
        /// The point asked for.
        at: String,
        /// Ranges of points that can be restored.
        ranges: String,
    },
    /// The log does not hold the event.
    #[error("no event log holds event {seq} of game {game}")]
    NoSuchEvent {
        /// The game.
        game: String,
        /// The event's number.
        seq: i64,
    },
    /// A collection cannot be brought to the point.
    #[error("{collection} cannot be brought to this point in time: {reason}")]
    PointRefused {
        /// The collection.
        collection: String,
        /// Why.
        reason: String,
    },
    /// A log holds what cannot be understood.
    #[error("event log {log} cannot be used: {reason}")]
    LogUnusable {
        /// The log.
        log: String,
        /// Why.
        reason: String,
    },
    /// No such job.
    #[error("there is no job {id}")]
    NoSuchJob {
        /// The id asked for.
        id: String,
    },
    /// No such game.
    #[error("there is no game {id}")]
    NoSuchGame {
        /// The id asked for.
        id: String,
    },
    /// No such snapshot.
    #[error("there is no snapshot {id}")]
    NoSuchSnapshot {
        /// The id asked for.
        id: String,
    },
    /// A snapshot cannot be read.
    #[error("snapshot {id} cannot be used: {detail}")]
    SnapshotUnusable {
        /// The snapshot.
        id: String,
        /// What is wrong with it.
        detail: String,
    },
    /// A snapshot is of a form that came after this program.
    #[error("snapshot {id} cannot be read here: {detail}")]
    SnapshotTooNew {
        /// The snapshot.
        id: String,
        /// Which form, and which are known.
        detail: String,
    },
    /// A request cannot be understood.
    #[error("{field}: {reason}")]
    Invalid {
        /// The field at fault.
        field: &'static str,
        /// Why it is refused.
        reason: String,
    },
    /// A task ended without an answer.
    #[error("a worker of the job ended unexpectedly: {detail}")]
    Worker {
        /// What is known about it.
        detail: String,
    },
    /// Ended by a crash test.
    #[error("ended at the crash point {point}")]
    Crashed {
        /// Where.
        point: String,
    },
    /// A failure of the host's own work inside a job.
    #[error("{message}")]
    Host {
        /// Stable code.
        code: &'static str,
        /// What failed, on what.
        message: String,
        /// What to do.
        hint: String,
    },
}

impl From<SourceError> for EngineError {
    fn from(error: SourceError) -> Self {
        Self::Source(Box::new(error))
    }
}

impl From<VaultError> for EngineError {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Cancelled => Self::Cancelled,
            other => Self::Vault(Box::new(other)),
        }
    }
}

impl From<DumpError> for EngineError {
    fn from(error: DumpError) -> Self {
        Self::Dump(Box::new(error))
    }
}

impl From<tokio::task::JoinError> for EngineError {
    fn from(error: tokio::task::JoinError) -> Self {
        Self::Worker { detail: error.to_string() }
    }
}
