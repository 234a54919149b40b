//! What can be asked of the service, and what each question costs.

mod access;
mod declare;
mod table;

pub use access::{Caller, Permission, Role};
pub use declare::{Danger, Description, Request, Tag};
pub use table::{Answer, Handlers, Operation, dispatch, visit_messages};
