//! Tests on real servers.

mod bson;
mod corpus;
mod mongo_round_trip;
mod mongo_scan;
mod mongo_window;
mod profile_file;
mod redis_keys;
mod servers;
