//! `restore`: plan, then stage, verify, switch (docs/restore.md).
//!
//! Nothing that is live changes before the journal says that the switch has begun; from then on it
//! is carried through, by this process or by the next.

mod apply;
mod carry;
mod changes;
mod destination;
mod documents;
mod fence;
mod findings;
mod journal;
mod method;
pub mod outcome;
mod overwrite;
mod packed;
mod pause;
mod plan;
mod pre_image;
mod recover;
mod redis_games;
mod scope;
mod stage;
mod steps;
mod switch;
mod trial;
mod unique;
mod verification;
mod warnings;

pub use apply::start;
pub(crate) use carry::{GameFilter, keeps};
pub(crate) use destination::check_name;
pub(crate) use findings::KeptFindings;
pub(crate) use plan::measured_rate;
pub use plan::{plan, undo};
pub use recover::{RecoveredSwitch, recover};
pub(crate) use scope::{Item, Scope};
pub(crate) use trial::Trial;
