//! Tests on real servers.

// The lints know #[test] functions, but not what these call.
#![allow(clippy::unwrap_used, clippy::panic)]

mod bson;
mod capture;
mod corpus;
mod mongo_changes;
mod mongo_feed;
mod mongo_round_trip;
mod mongo_scan;
mod mongo_window;
mod profile_file;
mod redis_keys;
mod servers;
