//! `games`.

pub mod outcome;
