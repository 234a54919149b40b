//! The players: invented accounts.

use avalon::document::UserDoc;
use avalon::rating;
use rand::RngExt;

use crate::game::identifier;
use crate::{names, random};

/// What a room needs to know about who comes in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Player {
    pub(crate) id: String,
    pub(crate) nick: String,
    pub(crate) openid_hash: String,
    pub(crate) avatar: String,
}

impl From<&UserDoc> for Player {
    fn from(user: &UserDoc) -> Player {
        Player {
            id: user.id.to_string(),
            nick: user.nick.clone(),
            openid_hash: user.openid_hash.clone(),
            avatar: user.avatar.clone(),
        }
    }
}

/// The first index above those of all these accounts. An account that never sat down is never
/// stored, so counting the stored ones would make some of them again.
pub(crate) fn next_index<'a>(users: impl IntoIterator<Item = &'a UserDoc>) -> u64 {
    let index = |user: &UserDoc| {
        let digits = user.id.as_str().strip_prefix("p_")?.split_at_checked(INDEX_DIGITS)?.0;
        digits.parse::<u64>().ok()
    };
    users.into_iter().filter_map(index).max().map_or(0, |last| last + 1)
}

/// Digits of an account's index in its id; more only for an index that needs more.
const INDEX_DIGITS: usize = 5;

/// The account with this index, made at a time (Unix milliseconds). The id depends on seed and
/// index only, so that a later run finds the same players.
pub(crate) fn account(seed: u64, index: u64, created_at: i64) -> UserDoc {
    let mut rng = random::generator(seed, &[b"account", &index.to_le_bytes()]);
    let openid = random::derived(seed, &[b"openid", &index.to_le_bytes()]);
    let random_part = identifier(0, rng.random());
    let suffix = random_part.get(18..).unwrap_or_default();
    UserDoc {
        id: format!("p_{index:0INDEX_DIGITS$}{suffix}").into(),
        nick: names::nickname(&mut rng, index),
        openid_hash: openid.iter().map(|byte| format!("{byte:02x}")).collect(),
        avatar: format!("/avatars/{:02}.png", rng.random_range(0..48)),
        rating: rating::START,
        games: 0,
        wins: 0,
        created_at,
        updated_at: created_at,
    }
}
