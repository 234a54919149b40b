//! Shared set-up of the acceptance tests.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "set-up of tests: what fails here fails the test with its reason"
)]

#[path = "support/bao.rs"]
pub mod bao;
#[path = "support/console.rs"]
pub mod console;
#[path = "support/corpus.rs"]
pub mod corpus;
#[path = "support/games.rs"]
pub mod games;
#[path = "support/keyring.rs"]
pub mod keyring;
#[path = "support/keys.rs"]
pub mod keys;
#[path = "support/moto.rs"]
pub mod moto;
#[path = "support/proxy.rs"]
pub mod proxy;
#[path = "support/rabbit.rs"]
pub mod rabbit;
#[path = "support/s3.rs"]
pub mod s3;
#[path = "support/server.rs"]
mod server;
#[path = "support/service.rs"]
pub mod service;
#[path = "support/tencent.rs"]
pub mod tencent;
