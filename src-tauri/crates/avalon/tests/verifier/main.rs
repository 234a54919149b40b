//! The verifier against legal games, every kind of breach, mutations and real games.

mod catalogue;
mod direct_cases;
mod fixtures;
mod games;
mod log_cases;
mod mutations;
mod properties;
mod rollback;
mod stream;
mod suveene;
mod wire;
