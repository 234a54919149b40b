//! `verify`.

pub mod outcome;
