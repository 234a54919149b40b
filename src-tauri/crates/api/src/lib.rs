//! The contract of avalon-vault: each operation declared once, with its permission, cache tags,
//! audit verb and danger, and the service that answers them.
//!
//! The window, the command line and later the network interfaces all call [`service::Service::call`];
//! none of them knows the engine. TypeScript types are generated from the same declarations.

mod anomaly;
pub mod connection;
pub mod contract;
pub mod error;
pub mod event;
pub mod message;
pub mod service;
pub mod simulation;
pub mod typescript;

pub use contract::{Caller, Danger, Operation, Permission, Role, Tag};
/// The use cases, whose requests and outcomes are the contract's.
pub use engine;
pub use error::{ApiError, Retry};
pub use event::ApiEvent;
