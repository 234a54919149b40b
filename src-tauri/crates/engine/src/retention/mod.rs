//! `retention`: what is due, what expires, and the removal of what expired (docs/retention.md).
//!
//! Deciding is pure: functions of the policy, the sets and the time. Only [`start`] removes
//! anything, and only what a plan named and still may go.

mod apply;
mod due;
mod expiry;
mod facts;
mod forecast;
pub mod outcome;
mod plan;
mod policy;
mod simulate;

pub use apply::start;
pub use due::{Due, History, Taken, due};
pub use expiry::{Judgement, KeepReason, SetFacts, judge};
pub use forecast::forecast;
pub use plan::plan;
pub use policy::{ClassPolicy, Forever, Frequency, Keep, Policy, TierMethod};
pub use simulate::{Scenario, SimulatedExpiry, SimulatedRun, SimulatedSet, Simulation, simulate};
