//! The use cases of avalon-vault, a folder per verb.
//!
//! An [`Engine`] holds what they share. Verbs that take long are jobs ([`jobs`]): `start` returns
//! a job's id at once, `run` does the work inside a job.

pub mod backup;
pub mod bisect;
pub mod browse;
pub mod compare;
mod context;
pub mod diff;
mod engine;
mod error;
pub mod export;
pub mod follow;
pub mod games;
pub mod impact;
pub mod import;
pub mod job;
pub mod jobs;
pub mod keys;
mod lately;
pub mod listen;
mod number;
pub mod open;
pub mod overview;
mod page;
pub mod points;
mod problem;
pub mod prune;
mod redis_lines;
pub mod replicate;
pub mod restore;
pub mod retention;
pub mod schedule;
pub mod share;
pub mod snapshot;
pub mod statistics;
pub mod store_repair;
pub mod stores;
mod tasks;
pub mod verify;
mod wire;
pub mod wording;

pub use context::{CrashPoints, EngineContext, SystemTimer, Timer};
pub use engine::{Connections, Engine};
pub use error::EngineError;

/// The crates below, for hosts that build an engine's parts.
pub use {avalon, control, sandbox, source, vault};
