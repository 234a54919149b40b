//! `overview`.

pub mod outcome;
