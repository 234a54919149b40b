//! What a follower waits for while it is away.

use crate::jobs::Wait;

pub(super) const fn for_database() -> Wait {
    Wait::new(["follow.database_away", "follow.database_back"])
}

pub(super) const fn for_store() -> Wait {
    Wait::new(["follow.store_away", "follow.store_back"])
}
