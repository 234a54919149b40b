//! `restore`.

pub mod outcome;
