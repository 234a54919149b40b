//! The game service on real servers.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed step fails the test")]

mod anomalies;
mod bulk;
mod control;
mod fixture;
mod live;
mod outage;
