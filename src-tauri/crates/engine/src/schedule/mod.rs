//! `schedule`: carries the policy out by the engine's clock.
//!
//! What is due is worked out anew each minute from what the store holds, so that nothing is owed
//! after a kill: however many runs were missed, one makes up for them.

mod history;
pub mod outcome;
mod run;
mod tick;

pub use run::{PolicySource, running, start};
pub use tick::tick;
