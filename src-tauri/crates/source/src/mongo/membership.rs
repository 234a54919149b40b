//! Which events belong to unfinished and which to finished games.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::connect::MongoSource;
use super::time::ClusterTime;
use crate::SourceError;
use crate::profile::Part;

/// Sort keys of the `_id`s of the unfinished games at one time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LiveGames {
    pub(crate) keys: Arc<BTreeSet<Vec<u8>>>,
}

/// Keeps the events of one part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MembershipFilter {
    /// Top-level field holding the game's id.
    pub field: String,
    /// Which part is kept.
    pub part: Part,
    /// The unfinished games.
    pub live: LiveGames,
}

impl MongoSource {
    /// The unfinished games at a time, or at the newest majority-committed state.
    ///
    /// # Errors
    /// When the profile has no membership rule or the server does not answer.
    pub async fn live_games(&self, _at: Option<ClusterTime>) -> Result<LiveGames, SourceError> {
        Err(SourceError::Unsupported {
            what: "membership".into(),
            reason: "not built yet".into(),
        })
    }
}
