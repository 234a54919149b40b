//! The game of Avalon: rules, events, reducer, views, key moments and invariants, without any I/O.

pub mod role;
