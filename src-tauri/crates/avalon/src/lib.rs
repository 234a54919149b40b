//! The game of Avalon: rules, events, reducer, views, key moments and invariants, without any I/O.

pub mod canonical;
pub mod digest;
pub mod event;
pub mod id;
pub mod profile;
pub mod role;
pub mod rules;
