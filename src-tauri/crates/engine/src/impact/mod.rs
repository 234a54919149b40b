//! `impact`: how much a job that reads live data may slow the service down (docs/impact.md).
//!
//! Reading is cut into small slices that a token bucket spaces out. Its rate follows the latency of
//! the service's own server; the work on this side runs at the system's lowest priority.

mod bucket;
mod controller;
mod policy;
mod quiet;
mod throttle;

pub use policy::{Impact, ImpactPolicy, LatencyGoal, ReadRate, ReadRateError};
pub(crate) use quiet::Quiet;
pub(crate) use throttle::{Throttle, begin};
