//! The players: invented accounts.

use rand::RngExt;

use crate::game::identifier;
use crate::record::UserDoc;
use crate::standings::START_RATING;
use crate::{names, random};

/// The account with this index, made at a time (Unix milliseconds). The id depends on seed and
/// index only, so that a later run finds the same players.
pub(crate) fn account(seed: u64, index: u64, created_at: i64) -> UserDoc {
    let mut rng = random::generator(seed, &[b"account", &index.to_le_bytes()]);
    let openid = random::derived(seed, &[b"openid", &index.to_le_bytes()]);
    UserDoc {
        id: format!("p_{index:05}{}", &identifier(0, rng.random())[18..]),
        nick: names::nickname(&mut rng, index),
        openid_hash: openid.iter().map(|byte| format!("{byte:02x}")).collect(),
        avatar: format!("/avatars/{:02}.png", rng.random_range(0..48)),
        rating: START_RATING,
        games: 0,
        wins: 0,
        created_at,
        updated_at: created_at,
    }
}
