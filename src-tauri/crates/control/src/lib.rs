//! The service's own state in an embedded database: jobs with their checkpoints and logs,
//! restore plans and switch journals, the audit chain, settings and known verifications.
//!
//! The API is synchronous; async callers use a blocking thread. Several processes may open one
//! file at once. Clocks and identifiers come from the caller.

mod audit;
mod checkpoints;
mod error;
mod jobs;
mod journals;
mod owner;
mod plans;
mod schema;
mod settings;
mod store;
mod verifications;

pub use audit::{AuditEntry, AuditFault, NewAuditEntry};
pub use error::ControlError;
pub use jobs::{JobFilter, JobLine, JobRecord, JobState, NewJob};
pub use journals::JournalRecord;
pub use plans::{PlanRecord, PlanUse};
pub use store::Control;
pub use verifications::VerificationRecord;
