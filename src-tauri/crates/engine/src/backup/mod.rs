//! `backup`.

pub mod outcome;
