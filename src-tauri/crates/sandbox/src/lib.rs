//! Private, real `mongod` (replica set of one or three) and `redis-server` processes on free
//! loopback ports in a scratch folder.
//!
//! One implementation serves the first-run demo, recovery drills, trial restores and the tests.
//! Every server has a small shell watchdog (see [`process`]) that ends it when the owning process
//! goes away, by whatever signal. What a dead owner left on disk is removed by [`Sandbox::sweep`].
//! A process is signalled only when its id, its start time and its command line are the recorded
//! ones, so a foreign process is never touched.

mod attach;
mod error;
mod layout;
mod mongo;
mod options;
mod owned;
mod port;
pub mod process;
mod redis_server;
mod state;
mod sweep;
pub mod tools;

pub use attach::{Attached, MemberStatus};
pub use error::SandboxError;
pub use options::{RedisTopology, SandboxOptions};
pub use owned::Sandbox;
pub use process::Identity;
pub use state::{ServerKind, ServerRecord, State};
pub use sweep::SweepReport;
