//! The game of Avalon: rules, events, reducer, views, key moments and invariants, without any I/O.

pub mod canonical;
pub mod chain;
pub mod check;
pub mod deal;
pub mod diff;
pub mod digest;
pub mod document;
pub mod event;
pub mod id;
pub mod import;
pub mod interchange;
pub mod invariant;
pub mod moment;
pub mod play;
pub mod profile;
pub mod rating;
pub mod reducer;
pub mod role;
pub mod room;
pub mod rules;
pub mod schema;
pub mod sentence;
pub mod snapshot;
pub mod state;
pub mod view;
pub mod what_if;
