//! `compare`.

pub mod outcome;
