//! The game of Avalon: rules, events, reducer, views, key moments and invariants, without any I/O.

pub mod canonical;
pub mod chain;
pub mod deal;
pub mod digest;
pub mod event;
pub mod id;
pub mod moment;
pub mod profile;
pub mod reducer;
pub mod role;
pub mod rules;
pub mod state;
