//! Jobs: everything long-running, the same whoever started it.

mod handle;
mod meter;
mod runner;
mod standing;
mod view;
mod wait;

pub use handle::{JobHandle, Phase};
pub use runner::{JobEnd, JobRunner, JobSpec};
pub(crate) use standing::{standing, start_standing};
pub(crate) use wait::Wait;
